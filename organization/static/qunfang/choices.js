/*
Choices that are fetched while one types (select2) are called by their label: by themselves they are called only by what is chosen,
so that an empty one has no name at all for whoever hears the page instead of seeing it.
*/
"use strict";
(() => {
    const nameAll = (root) => {
        for (const select of root.querySelectorAll("select.admin-autocomplete")) {
            const box = select.nextElementSibling && select.nextElementSibling.querySelector("[role=combobox]");
            const label = select.labels[0];
            if (!box || !label) {
                continue;
            }
            label.id = label.id || `${select.id}_label`;
            for (const shown of box.querySelectorAll("[role=textbox]")) {
                shown.setAttribute("aria-labelledby", label.id);
            }
            box.setAttribute("aria-labelledby", `${label.id} ${box.getAttribute("aria-labelledby") || ""}`.trim());
        }
    };
    if (!window.django || !window.django.jQuery) {
        return;
    }
    window.django.jQuery(() => nameAll(document));  // after the admin's own script has made them
    document.addEventListener("formset:added", (event) => setTimeout(() => nameAll(event.target)));
})();

/*
Keeps what is being typed in a long form, on the server and nowhere else, until it is saved; offers what was kept before.

Every two seconds the form is compared with what was kept last; so what scripts of the admin fill in is noticed, too. Passwords,
files and tokens are never sent. When the session has ended, the dialog of session.js leads back into it, and the page goes on.
*/
"use strict";
(() => {
    const box = document.getElementById("draft");
    const form = box && box.closest("form");
    if (!form) {
        return;
    }
    const LOOK_MILLISECONDS = 2000;
    const AGAIN_MILLISECONDS = 10000;
    const part = (name) => box.querySelector(`[data-part="${name}"]`);
    const offer = part("offer");
    const state = part("state");
    const keyField = form.querySelector('[name="_draft"]');
    const isLeftOut = (field) => !field.name || field.disabled || ["_draft", "_who", "_page", "csrfmiddlewaretoken"].includes(field.name)
        || /password/i.test(field.name) || ["submit", "button", "file", "password", "image", "reset"].includes(field.type);
    let offered = null;
    let isLeaving = false;
    let isBusy = false;
    let waitUntil = 0;

    const addressOf = (key) => box.dataset.url.replace(box.dataset.key, key);

    const cookie = () => {
        const found = document.cookie.split("; ").find((one) => one.startsWith(`${box.dataset.cookie}=`));
        return found ? decodeURIComponent(found.slice(box.dataset.cookie.length + 1)) : "";
    };

    /* [name, value, text of a choice that was fetched] of all fields, as they stand. */
    const typed = () => {
        const found = [];
        for (const field of form.elements) {
            if (isLeftOut(field) || ((field.type === "checkbox" || field.type === "radio") && !field.checked)) {
                continue;
            }
            if (field.tagName === "SELECT") {
                for (const option of field.selectedOptions) {
                    found.push(field.dataset.ajaxUrl || field.classList.contains("admin-autocomplete")
                        ? [field.name, option.value, option.text] : [field.name, option.value]);
                }
            } else {
                found.push([field.name, field.value]);
            }
        }
        return JSON.stringify(found);
    };

    // As the page came; one that came back with errors, or with rows left over, holds what is nowhere else.
    const asItCame = () => (box.dataset.unsaved ? "" : typed());
    let first = asItCame();
    let keptLast = first;

    const tell = (what, text = "") => {
        state.textContent = what ? state.dataset[what].replace("%s", text) : "";
        state.hidden = !what;
        state.dataset.state = what;
    };

    const body = (fields) => {
        const data = new URLSearchParams({ who: box.dataset.who, csrfmiddlewaretoken: cookie(), ...fields });
        return { method: "POST", body: data, credentials: "same-origin", redirect: "manual" };
    };

    const fail = () => {
        waitUntil = Date.now() + AGAIN_MILLISECONDS;
        tell("waiting");
    };

    const keep = async () => {
        const now = typed();
        if (isBusy || isLeaving || now === keptLast || Date.now() < waitUntil) {
            return;
        }
        isBusy = true;
        try {
            const answer = await fetch(addressOf(keyField.value), body({ page: box.dataset.page, typed: now }));
            if (answer.type === "opaqueredirect" || !answer.ok) {
                fail();
                document.dispatchEvent(new Event("session:ask"));
                return;
            }
            const told = await answer.json();
            if (told.kept) {
                keptLast = now;
                tell("kept", told.kept);
            } else {
                fail();
            }
        } catch {
            fail();
        } finally {
            isBusy = false;
        }
    };

    /* On leaving there is no time to wait for an answer. */
    const keepInPassing = () => {
        const now = typed();
        if (!isLeaving && now !== keptLast) {
            const data = new URLSearchParams(
                { who: box.dataset.who, csrfmiddlewaretoken: cookie(), page: box.dataset.page, typed: now });
            if (navigator.sendBeacon(addressOf(keyField.value), data)) {
                keptLast = now;
            }
        }
    };

    /* --- taking up again ---------------------------------------------------------------------------------------- */

    const forSelect = (field, values) => {
        for (const [, value, text] of values) {
            if (![...field.options].some((option) => option.value === value)) {
                field.add(new Option(text || value, value));
            }
        }
        const chosen = values.map(([, value]) => value);
        for (const option of field.options) {
            option.selected = chosen.includes(option.value);
        }
    };

    const put = (field, values) => {
        const before = field.type === "checkbox" || field.type === "radio" ? field.checked : field.value;
        if (field.type === "checkbox" || field.type === "radio") {
            field.checked = values.some(([, value]) => value === field.value);
        } else if (field.tagName === "SELECT") {
            forSelect(field, values);
        } else if (values.length) {
            field.value = values.shift()[1];
        }
        if (before === (field.type === "checkbox" || field.type === "radio" ? field.checked : field.value)) {
            return;
        }
        const folded = field.closest("details");
        if (folded) {
            folded.open = true;
        }
        field.dispatchEvent(new Event("change", { bubbles: true }));
    };

    /* Rows of a table of services and the like that were added while typing are added again. */
    const addRows = (values) => {
        for (const [name, [[, count]]] of values) {
            const group = name.endsWith("-TOTAL_FORMS") && form.querySelector(`[id="${name.replace("-TOTAL_FORMS", "-group")}"]`);
            const total = group && form.querySelector(`[name="${name}"]`);
            for (let tries = 0; group && Number(total.value) < Number(count) && tries < 50; tries += 1) {
                const button = group.querySelector(".add-row a");
                if (!button) {
                    break;
                }
                button.click();
            }
        }
    };

    const fill = (pairs) => {
        const values = new Map();
        for (const pair of pairs) {
            values.set(pair[0], [...(values.get(pair[0]) || []), pair]);
        }
        form.dispatchEvent(new CustomEvent("draft:rows", { detail: [...values.keys()] }));
        addRows(values);
        for (const field of [...form.elements]) {
            if (!isLeftOut(field)) {
                put(field, values.get(field.name) || []);
            }
        }
        form.dispatchEvent(new Event("draft:restored"));
    };

    const restore = async (draft) => {
        if (draft.page !== box.dataset.page) {
            isLeaving = true;
            location.assign(`${draft.page}#restore-${draft.key}`);
            return;
        }
        const answer = await fetch(addressOf(draft.key), { credentials: "same-origin", redirect: "manual", cache: "no-store" });
        const told = answer.ok ? await answer.json() : { typed: null };
        if (told.typed) {
            fill(told.typed);
            keyField.value = draft.key; // what is typed from now on goes where this came from
            keptLast = typed();
            tell("restored");
        }
        offer.hidden = true;
    };

    const drop = async (draft) => {
        await fetch(addressOf(draft.key), body({ drop: "1" }));
        offer.hidden = true;
        look();
    };

    async function look() {
        const page = encodeURIComponent(location.pathname);
        const answer = await fetch(`${box.dataset.list}?page=${page}`, { credentials: "same-origin", redirect: "manual", cache: "no-store" });
        if (!answer.ok) {
            return;
        }
        const drafts = (await answer.json()).drafts.filter((one) => one.key !== keyField.value);
        const asked = drafts.find((one) => location.hash === `#restore-${one.key}`);
        offered = drafts[0];
        if (asked) {
            history.replaceState(null, "", location.pathname + location.search);
            await restore(asked);
        } else if (offered) {
            part("at").textContent = offered.at;
            offer.hidden = false;
        }
    }

    box.addEventListener("click", (event) => {
        const button = event.target.closest("[data-do]");
        if (button && offered) {
            (button.dataset.do === "restore" ? restore : drop)(offered).catch(() => tell("waiting"));
        }
    });

    /* --- leaving ------------------------------------------------------------------------------------------------ */

    // On the window: by then the session's script has had its say whether the form may be sent now.
    window.addEventListener("submit", (event) => {
        if (event.target === form && !event.defaultPrevented) {
            isLeaving = true;
        }
    });
    window.addEventListener("beforeunload", (event) => {
        if (!isLeaving && typed() !== first) {
            event.preventDefault();
            event.returnValue = "";
        }
    });
    window.addEventListener("pagehide", keepInPassing);
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keepInPassing());
    window.addEventListener("pageshow", (event) => {
        isLeaving = false;
        if (event.persisted) { // back after a save: this is another page now, with a key of its own
            const bytes = crypto.getRandomValues(new Uint8Array(16));
            keyField.value = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
                .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
        }
    });

    form.prepend(box);
    setInterval(keep, LOOK_MILLISECONDS);
    // The admin's own scripts fill in when the page is there; what they make of it is where the typing begins.
    window.addEventListener("load", () => setTimeout(() => { first = keptLast = asItCame(); }, 0));
    look().catch(() => {});
})();

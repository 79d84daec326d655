/*
The grid of quick entry by keyboard: from cell to cell, new rows, cells from above, pasted cells; each row is judged by the site as
it is left. Nothing is decided here. Without this script the grid is a plain form.
*/
"use strict";
(() => {
    const grid = document.getElementById("grid");
    const form = document.getElementById("grid-form");
    if (!grid || !form) {
        return;
    }
    const body = grid.tBodies[0];
    const template = document.getElementById("grid-row").innerHTML;
    const most = Number(grid.dataset.most);
    const checks = new Map(); // row -> {body that was sent, number of the request, ID number that was asked about}
    let requests = 0;

    form.querySelector('[name="more"]').hidden = true; // Enter does it

    const rowOf = (node) => node.closest("tr");
    const cellsOf = (row) => [...row.querySelectorAll('input[type="text"]')];
    const numberOf = (row) => row.dataset.row;
    const say = (text) => { document.getElementById("grid-said").textContent = text; };

    const addRow = () => {
        const number = Number(body.lastElementChild.dataset.row) + 1;
        if (number > most) {
            say(grid.dataset.full);
            return null;
        }
        body.insertAdjacentHTML("beforeend", template.replaceAll("__n__", String(number)));
        return body.lastElementChild;
    };

    const rowAfter = (row) => row.nextElementSibling || addRow();

    const goTo = (input) => {
        if (input) {
            input.focus();
            input.select();
        }
    };

    const move = (input, down, right) => {
        const row = rowOf(input);
        const cells = cellsOf(row);
        const at = cells.indexOf(input) + right;
        if (down) {
            const other = down > 0 ? row.nextElementSibling : row.previousElementSibling;
            goTo(other && cellsOf(other)[at]);
        } else if (cells[at]) {
            goTo(cells[at]);
        } else if (right > 0) {
            const next = rowAfter(row);
            goTo(next && cellsOf(next)[0]);
        } else {
            const before = row.previousElementSibling;
            goTo(before && cellsOf(before).at(-1));
        }
    };

    const change = (input, text) => {
        if (input.readOnly || input.value === text) {
            return;
        }
        input.value = text;
        input.dispatchEvent(new Event("input", { bubbles: true }));
    };

    const isAtEdge = (input, right) => {
        const isAll = input.selectionStart === 0 && input.selectionEnd === input.value.length;
        const edge = right > 0 ? input.value.length : 0;
        return isAll || (input.selectionStart === edge && input.selectionEnd === edge);
    };

    const onKey = (event) => {
        const input = event.target;
        if (event.isComposing || event.keyCode === 229) {
            return; // a Chinese word is being chosen: the keys are its
        }
        if ((event.ctrlKey || event.metaKey) && (event.key === "s" || event.key === "Enter")) {
            event.preventDefault();
            form.requestSubmit(form.querySelector('[name="save"]'));
            return;
        }
        if (!input.matches('input[type="text"]') || event.altKey) {
            return;
        }
        const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
        if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "d") {
            event.preventDefault();
            const above = rowOf(input).previousElementSibling;
            if (above) {
                change(input, cellsOf(above)[cellsOf(rowOf(input)).indexOf(input)].value);
            }
        } else if (event.key === "Enter") {
            event.preventDefault();
            move(input, 0, event.shiftKey ? -1 : 1);
        } else if (event.key === "Escape") {
            change(input, input.dataset.before ?? input.defaultValue);
            input.select();
        } else if (steps[event.key] && !event.ctrlKey && !event.shiftKey) {
            const [down, right] = steps[event.key];
            if (down || isAtEdge(input, right)) {
                event.preventDefault();
                move(input, down, right);
            }
        }
    };

    /* --- pasting ------------------------------------------------------------------------------------------------ */

    /* Cells as Excel and WPS copy them: tabs and lines, and quotes around a cell that holds either. */
    const cellsIn = (text) => {
        const rows = [[""]];
        let isQuoted = false;
        for (let at = 0; at < text.length; at += 1) {
            const sign = text[at];
            const row = rows.at(-1);
            if (isQuoted) {
                if (sign !== '"') {
                    row[row.length - 1] += sign === "\n" || sign === "\r" ? " " : sign;
                } else if (text[at + 1] === '"') {
                    row[row.length - 1] += sign;
                    at += 1;
                } else {
                    isQuoted = false;
                }
            } else if (sign === '"' && row.at(-1) === "") {
                isQuoted = true;
            } else if (sign === "\t") {
                row.push("");
            } else if (sign === "\n") {
                rows.push([""]);
            } else if (sign !== "\r") {
                row[row.length - 1] += sign;
            }
        }
        if (rows.length > 1 && rows.at(-1).join("") === "") {
            rows.pop();
        }
        return rows;
    };

    /* What found no place stays in sight until the next paste: nobody counts two hundred rows. */
    const tellLeftOut = (rows, columns) => {
        const box = document.getElementById("grid-left-out");
        const said = [rows && box.dataset.rows.replace("%s", rows), columns && box.dataset.columns.replace("%s", columns)];
        box.textContent = said.filter(Boolean).join(" ");
        box.hidden = !box.textContent;
    };

    const onPaste = (event) => {
        const input = event.target;
        const text = event.clipboardData.getData("text/plain");
        if (!input.matches('input[type="text"]') || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) {
            return; // one cell goes where the cursor stands
        }
        event.preventDefault();
        const left = cellsOf(rowOf(input)).indexOf(input);
        let row = rowOf(input);
        let last = input;
        const touched = [];
        const sheet = cellsIn(text);
        for (const pasted of sheet) {
            if (!row) {
                break;
            }
            const cells = cellsOf(row);
            pasted.forEach((value, at) => {
                if (cells[left + at]) {
                    change(cells[left + at], value.trim());
                    last = cells[left + at];
                }
            });
            touched.push(row);
            row = touched.length < sheet.length ? rowAfter(row) : null;
        }
        const width = Math.max(...sheet.map((pasted) => pasted.reduce((wide, value, at) => (value.trim() ? at + 1 : wide), 0)));
        tellLeftOut(sheet.length - touched.length, Math.max(0, left + width - cellsOf(rowOf(input)).length));
        goTo(last);
        (async () => {
            for (const one of touched) { // one after the other: they would only wait for each other
                await check(one);
            }
        })();
    };

    /* --- judging ------------------------------------------------------------------------------------------------ */

    const questionsOf = (row) => [...row.querySelectorAll('select[name^="q-"]')];

    const bodyOf = (row) => {
        const data = new URLSearchParams();
        const answered = form.querySelectorAll(':scope > input[name^="q-"]'); // before the page came back
        for (const field of [...answered, ...row.querySelectorAll("input, select")]) {
            data.append(field.name, field.value);
        }
        return data;
    };

    const isBlank = (row) => cellsOf(row).every((cell) => !cell.value.trim());
    const idOf = (row) => row.querySelector('input[name$="-id_number"]').value;
    const isAsItCame = (row) => row.querySelector('input[name^="f"]') && cellsOf(row).every((cell) => cell.value === cell.defaultValue);

    const make = (tag, className, text) => {
        const node = document.createElement(tag);
        node.className = className;
        node.textContent = text;
        return node;
    };

    const showCell = (input, told) => {
        const box = input.parentElement;
        box.className = told.level ? `cell-${told.level}` : "";
        box.querySelector(".said").textContent = told.messages.join(" ");
        input.toggleAttribute("aria-invalid", false);
        if (told.level === "problem") {
            input.setAttribute("aria-invalid", "true");
        }
    };

    const showQuestion = (question, before) => {
        const label = make("label", "said said-question", `${question.text} `);
        const select = document.createElement("select");
        select.name = `q-${question.id}`;
        select.add(new Option(grid.dataset.choose, ""));
        for (const choice of question.choices) {
            select.add(new Option(choice.text, choice.value));
        }
        select.value = before[select.name] || "";
        label.append(select);
        return label;
    };

    const show = (row, told, sent) => {
        row.className = told.fate ? `fate-${told.fate}` : "";
        for (const input of cellsOf(row)) {
            const key = input.name.replace(/^c\d+-/, "");
            const cell = (told.cells || {})[key] || { level: "", messages: [], value: "" };
            showCell(input, cell);
            if (cell.value && input !== document.activeElement && !input.readOnly && input.value === sent.get(input.name) && input.value) {
                input.value = cell.value;
            }
        }
        const box = row.querySelector(".grid-fate");
        const hadFocus = box.contains(document.activeElement) ? document.activeElement.name : "";
        const before = Object.fromEntries(questionsOf(row).map((select) => [select.name, select.value]));
        box.replaceChildren(make("span", "fate", told.label || ""), " ", make("span", "quiet", told.about || ""));
        if (told.url) {
            const link = make("a", "", "→");
            Object.assign(link, { href: told.url, target: "_blank", rel: "noopener" });
            link.setAttribute("aria-label", told.label);
            box.append(" ", link);
        }
        for (const [level, message] of told.messages || []) {
            box.append(make("p", `said said-${level}`, message));
        }
        const open = (told.questions || []).map((question) => showQuestion(question, before));
        const names = new Set(open.map((label) => label.querySelector("select").name));
        for (const [name, value] of Object.entries(before)) { // what was answered goes on counting
            if (value && !names.has(name)) {
                const kept = document.createElement("input");
                Object.assign(kept, { type: "hidden", name, value });
                box.append(kept);
            }
        }
        box.append(...open);
        if (hadFocus && box.querySelector(`[name="${hadFocus}"]`)) {
            box.querySelector(`[name="${hadFocus}"]`).focus();
        }
        if (told.version) {
            row.querySelector('input[name^="v"]').value = told.version;
        }
        if (told.label) {
            const said = [...box.querySelectorAll(".said"), ...row.querySelectorAll(".cell-problem .said")];
            say([`${numberOf(row)} ${told.label}`, ...said.map((node) => node.textContent)].join(" "));
        }
    };

    async function check(row) {
        if (isAsItCame(row)) {
            return;
        }
        const known = checks.get(row) || { sent: "", number: 0, asked: null };
        const data = bodyOf(row);
        if (data.toString() === known.sent || (isBlank(row) && !known.sent)) {
            return;
        }
        requests += 1;
        const number = requests;
        checks.set(row, { ...known, sent: data.toString(), number });
        if (known.asked && known.asked === idOf(row)) {
            data.append("known", known.asked);
        }
        const asked = idOf(row);
        const token = form.querySelector('[name="csrfmiddlewaretoken"]').value;
        const label = row.querySelector(".grid-fate .fate");
        if (label) {
            label.textContent = grid.dataset.checking;
        }
        let told = null;
        try {
            const answer = await fetch(grid.dataset.check, {
                method: "POST", body: data, headers: { "X-CSRFToken": token }, credentials: "same-origin", redirect: "manual",
            });
            if (answer.ok) {
                told = await answer.json();
            } else if (answer.type === "opaqueredirect") {
                document.dispatchEvent(new Event("session:ask"));
            }
        } catch { /* said below */ }
        if ((checks.get(row) || {}).number !== number) {
            return; // it was left again meanwhile
        }
        if (!told) {
            checks.set(row, { ...known, sent: "", number });
            show(row, { fate: "", label: grid.dataset.unchecked }, data);
            return;
        }
        show(row, told, data);
        checks.set(row, { sent: bodyOf(row).toString(), number, asked: told.asked ? asked : null });
    }

    body.addEventListener("focusin", (event) => {
        if (event.target.matches('input[type="text"]')) {
            event.target.dataset.before = event.target.value;
        }
    });
    body.addEventListener("focusout", (event) => {
        const row = rowOf(event.target);
        if (!event.relatedTarget || rowOf(event.relatedTarget) !== row) {
            check(row);
        }
    });
    body.addEventListener("change", (event) => event.target.matches("select") && check(rowOf(event.target)));
    form.addEventListener("keydown", onKey);
    body.addEventListener("paste", onPaste);

    /* --- unsaved work that is taken up again ---------------------------------------------------------------------- */

    form.addEventListener("draft:rows", (event) => {
        const last = Math.max(0, ...event.detail.map((name) => Number((/^c(\d+)-/.exec(name) || [])[1] || 0)));
        while (Number(body.lastElementChild.dataset.row) < last && addRow()) { /* one by one */ }
    });
    form.addEventListener("draft:restored", async () => {
        for (const row of [...body.rows]) {
            await check(row);
        }
    });

    const begin = cellsOf(body.rows[0]).length && [...body.querySelectorAll('input[type="text"]')].find((cell) => !cell.readOnly && !cell.value);
    goTo(body.querySelector('[aria-invalid="true"]') || begin);
})();

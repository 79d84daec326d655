/*
Warns two minutes before the session ends, and keeps an open form when it has ended.

Asking (GET) does not extend the session; "stay" (POST) does. Nothing typed is stored anywhere: it stays in the page. A form that
is sent after a long pause first asks whether the session still stands, and takes the token that a new login has made.
*/
"use strict";
(() => {
    const dialog = document.getElementById("session-dialog");
    if (!dialog) {
        return;
    }
    const WARN_SECONDS = 120;
    const ASK_AGAIN_SECONDS = 15;
    const FRESH_MILLISECONDS = 60000;
    const LONGEST_WAIT_SECONDS = 3600;
    const url = dialog.dataset.url;
    const owner = Number(dialog.dataset.who); // the account that this page was made for
    let cookieName = ""; // not known before the site was asked
    let endsAt = 0;
    let askedAt = -Infinity;
    let timer = 0;
    let ticker = 0;
    let isLookedAt = false;

    const cookie = () => {
        const found = cookieName && document.cookie.split("; ").find((part) => part.startsWith(`${cookieName}=`));
        return found ? decodeURIComponent(found.slice(cookieName.length + 1)) : "";
    };

    const show = (state) => {
        for (const part of dialog.querySelectorAll("[data-when]")) {
            part.hidden = part.dataset.when !== state;
            if (!part.hidden) {
                document.getElementById("session-title").textContent = part.dataset.title;
            }
        }
        if (!dialog.open) {
            dialog.showModal();
        }
        const first = dialog.querySelector("[data-when]:not([hidden]) .button-primary");
        if (dialog.dataset.state !== state && first) {
            first.focus();
        }
        dialog.dataset.state = state;
    };

    const hide = () => {
        dialog.dataset.state = "";
        clearInterval(ticker);
        if (dialog.open) {
            dialog.close();
        }
    };

    const secondsLeft = () => Math.max(0, Math.round((endsAt - Date.now()) / 1000));

    const countDown = () => {
        const left = secondsLeft();
        dialog.querySelector("[data-count]").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
        if (left === 0) {
            clearInterval(ticker);
            ask();
        }
    };

    const follow = (state) => {
        askedAt = Date.now();
        endsAt = askedAt + state.left * 1000;
        cookieName = state.cookie || cookieName;
        clearTimeout(timer);
        clearInterval(ticker);
        if (state.who !== null && state.who !== owner) {
            return "other";
        }
        if (state.who === null || state.left <= 0) {
            return "ended";
        }
        const wait = state.left > WARN_SECONDS ? state.left - WARN_SECONDS : Math.min(ASK_AGAIN_SECONDS, state.left);
        timer = setTimeout(ask, Math.min(wait, LONGEST_WAIT_SECONDS) * 1000 + 500);
        return state.left > WARN_SECONDS ? "open" : "ending";
    };

    const present = (state) => {
        if (state === "open") {
            isLookedAt = false;
            hide();
        } else if (state === "ending") {
            show("ending");
            countDown();
            ticker = setInterval(countDown, 1000);
        } else if (!isLookedAt) {
            show(state);
        }
        return state;
    };

    const request = async (method) => {
        if (method === "POST" && !cookieName) {
            await request("GET");
        }
        const headers = method === "POST" ? { "X-CSRFToken": cookie() } : {};
        const answer = await fetch(url, { method, headers, credentials: "same-origin", cache: "no-store" });
        if (!answer.ok) {
            throw new Error(answer.status);
        }
        return follow(await answer.json());
    };

    async function ask(method = "GET") {
        try {
            return present(await request(method === "POST" ? "POST" : "GET"));
        } catch {
            timer = setTimeout(ask, ASK_AGAIN_SECONDS * 1000);
            return "unreachable";
        }
    }

    const refreshTokens = (form) => {
        const token = cookie();
        for (const input of form.querySelectorAll('input[name="csrfmiddlewaretoken"]')) {
            input.value = token || input.value;
        }
    };

    const send = async (form, submitter) => {
        const state = await ask();
        if (state === "open" || state === "ending") {
            hide();
            form.requestSubmit(submitter);
        } else {
            isLookedAt = false;
            show(state);
        }
    };

    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (event.defaultPrevented || form.method !== "post") {
            return;
        }
        refreshTokens(form);
        const isFresh = Date.now() - askedAt < FRESH_MILLISECONDS && secondsLeft() > 0;
        if (!isFresh || ["ended", "other"].includes(dialog.dataset.state)) {
            event.preventDefault();
            send(form, event.submitter);
        }
    });

    dialog.addEventListener("click", (event) => {
        const button = event.target.closest("[data-do]");
        if (!button) {
            return;
        }
        if (button.dataset.do === "stay") {
            ask("POST");
        } else {
            isLookedAt = true;
            dialog.close();
        }
    });
    dialog.addEventListener("cancel", (event) => {
        if (dialog.dataset.state === "ending") { // Escape is an answer too: somebody is there
            event.preventDefault();
            ask("POST");
        } else {
            isLookedAt = true;
        }
    });
    window.addEventListener("focus", () => ask());
    document.addEventListener("session:ask", () => ask()); // another script was turned away
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
    window.addEventListener("pageshow", (event) => event.persisted && ask());
    present(follow({ left: Number(dialog.dataset.left), who: owner }));
})();

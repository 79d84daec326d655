/* The entry form: what a document number says while it is being typed, and one save for two clicks. */
(function () {
  "use strict";

  var WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  var CHECK = "10X98765432";

  function byId(id) { return document.getElementById(id); }

  function normalised(text) {
    return text.normalize("NFKC").replace(/[\s\u200b-\u200f\ufeff'"`-]/g, "").toUpperCase();
  }

  function upgraded(number) {
    if (!/^\d{15}$/.test(number)) { return number; }
    var first17 = number.slice(0, 6) + "19" + number.slice(6);
    return first17 + checkDigit(first17);
  }

  function checkDigit(first17) {
    var sum = 0;
    for (var i = 0; i < 17; i += 1) { sum += WEIGHTS[i] * Number(first17[i]); }
    return CHECK[sum % 11];
  }

  function told(number) {
    if (!/^\d{17}[\dX]$/.test(number) || checkDigit(number) !== number[17]) { return null; }
    var iso = number.slice(6, 10) + "-" + number.slice(10, 12) + "-" + number.slice(12, 14);
    var born = new Date(iso + "T00:00:00Z");
    if (isNaN(born) || born.toISOString().slice(0, 10) !== iso) { return null; }
    return { birth_date: iso, sex: Number(number[16]) % 2 ? "male" : "female", age: ageToday(iso) };
  }

  function ageToday(iso) {
    var now = new Date(), part = iso.split("-").map(Number);
    var past = now.getMonth() + 1 > part[1] || (now.getMonth() + 1 === part[1] && now.getDate() >= part[2]);
    return now.getFullYear() - part[0] - (past ? 0 : 1);
  }

  function fill(facts) {
    if (byId("id_sex")) { byId("id_sex").value = facts.sex; }
    if (byId("id_birth_date")) { byId("id_birth_date").value = facts.birth_date; }
  }

  function say(box, text, kind) {
    box.textContent = "";
    box.className = "entry-check" + (kind ? " " + kind : "");
    if (text) { box.appendChild(document.createTextNode(text)); }
  }

  function watch(input, box) {
    var asked = "";
    input.closest(".form-row").after(box);

    function documentKind() { return byId("id_document") ? byId("id_document").value : "resident_id"; }

    function ask(number) {
      if (number === asked) { return; }
      asked = number;
      var body = new FormData();
      body.append("id_number", number);
      body.append("document", documentKind());
      body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
      fetch(box.dataset.url, { method: "POST", body: body, credentials: "same-origin" })
        .then(function (response) { return response.ok ? response.json() : {}; })
        .then(function (answer) { if (asked === number) { show(answer); } })
        .catch(function () { asked = ""; });
    }

    function show(answer) {
      if (answer.error) { say(box, answer.error, "error"); return; }
      if (answer.birth_date) { fill(answer); }
      var line = answer.age === undefined ? "" : box.dataset.ready + " " + box.dataset.age.replace("%s", answer.age);
      say(box, answer.warning || line, answer.warning ? "warning" : "good");
      if (answer.known) {
        say(box, box.dataset.known + " ", "warning");
        var link = document.createElement("a");
        link.href = answer.known.url;
        link.textContent = answer.known.name;
        box.appendChild(link);
      }
    }

    input.addEventListener("input", function () {
      var number = upgraded(normalised(input.value)), facts = told(number);
      var numbered = documentKind() === "resident_id" || documentKind() === "hk_macau_taiwan_residence";
      if (facts && numbered) {
        fill(facts);
        say(box, box.dataset.ready + " " + box.dataset.age.replace("%s", facts.age), "good");
        ask(number);
      } else if (numbered && number && number.length < 18) {
        say(box, box.dataset.length.replace("%s", number.length), "");
      } else if (numbered && number.length >= 18) {
        ask(number);
      } else {
        say(box, "", "");
      }
    });
    input.addEventListener("change", function () { if (input.value) { ask(upgraded(normalised(input.value))); } });
  }

  function saveOnce(form) {
    // On the window: a form that the session's script holds back, to send it later, is not sent yet.
    window.addEventListener("submit", function (event) {
      if (event.target !== form || event.defaultPrevented) { return; }
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "yes";
      // Back from the next page, the form may be sent again.
      window.addEventListener("pageshow", function () { delete form.dataset.sent; });
    });
  }

  /* Fields that only one force has are shown for that force alone. */
  function follow(force) {
    var group = force.closest(".inline-related");
    function show() {
      [["sponsor", "joint_defence"], ["category", "auxiliary"]].forEach(function (pair) {
        // Of a row with several fields only the one: its row bears the names of all of them.
        var box = group.querySelector(".fieldBox.field-" + pair[0]);
        if (!box || !box.querySelector("select")) { return; }
        box.hidden = force.value !== pair[1];
        if (box.hidden) { box.querySelector("select").value = ""; }
      });
    }
    force.addEventListener("change", show);
    show();
  }

  document.addEventListener("DOMContentLoaded", function () {
    var box = byId("entry-check"), input = byId("id_id_number"), form = byId("member_form");
    if (box && input) { watch(input, box); }
    if (form) { saveOnce(form); }
    document.querySelectorAll("select[name$='-force']").forEach(follow);
  });
})();

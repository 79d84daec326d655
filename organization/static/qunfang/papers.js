// The button of a page for the printer; without this script Ctrl+P does the same.
const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => window.print());

"""A form of a page as a browser would send it back."""

from html.parser import HTMLParser


class _Fields(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id, self.inside = form_id, False
        self.values: dict[str, str] = {}
        self.select = self.area = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.inside = given.get("id") == self.form_id
        elif not self.inside:
            return
        elif tag == "input" and name and given.get("type") != "submit":
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self.values[name] = given.get("value") or ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in given or self.select not in self.values):
            self.values[self.select] = given.get("value") or ""
        elif tag == "textarea":
            self.area = name
            self.values[name] = ""

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""

    def handle_data(self, data):
        if self.area:
            self.values[self.area] += data.strip()


def fields(html: str, form_id: str) -> dict[str, str]:
    """{name: value} of the form with that id."""
    parser = _Fields(form_id)
    parser.feed(html)
    return parser.values

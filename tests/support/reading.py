"""Reading pages: what they say without their markup, what they say is wrong, and what their forms carry unseen."""

import re


def words(page: str) -> str:
    """A page as it reads, without its markup and scripts."""
    text = re.sub(r"<script\b.*?</script>", " ", page, flags=re.S)
    text = re.sub(r"<[^>]+>", " ", text).replace("&#39;", "'").replace("&amp;", "&")
    return re.sub(r"\s+([,.;:])", r"\1", re.sub(r"\s+", " ", text))


def error_summary(page: str) -> dict[str, str]:
    """The error summary of a page: field -> what is said of it."""
    found = re.search(r'<div class="ds_error-summary.*?</div>', page, re.DOTALL)
    return dict(re.findall(r'<a href="#([^"]+)">([^<]+)</a>', found[0])) if found else {}


def hidden_value(page: str, name: str) -> str:
    """What a form carries in a hidden field."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]

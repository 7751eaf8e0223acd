"""What MkDocs is told: a thin layer over `sitemaker`. Another site generator needs only another of this."""

import importlib
import re
from collections.abc import Iterable
from copy import copy
from typing import Any

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from sitemaker import (
    assets,
    beside,
    book,
    cache,
    cells,
    commands,
    course,
    figures,
    finishing,
    home,
    inpage,
    names,
    pages,
    quiz,
    searching,
    teaching,
    tooltips,
    trace,
)
from sitemaker.extensions import FENCES, StudyExtension
from sitemaker.vendor import MERMAID, math_font, npm_package

from microgpt import contents
from microgpt.study.exercises import exercises
from microgpt.study.patients import patients
from microgpt.study.review import review_of
from microgpt.study.routes import minutes, routes


@event_priority(50)  # before the plugins read the configuration
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add the extensions, which pages and docstrings share, and the navigation of what is generated."""
    cache.begin()
    for make in (figures.drawn, home.invented, trace.records):  # take longest
        beside.begin(make)
    importlib.reload(contents)  # a server that builds again may find new chapters ...
    for known in (names.homes, names.first_line, exercises, patients, routes, minutes, quiz.items, review_of):
        known.cache_clear()  # ... and new names, exercises, patients and questions
    config.extra["parts"] = course.parts()  # for the page that is shown when there is none
    config.extra["pages"] = pages.tree()
    config.nav = [*(config.nav or []), *pages.navigation(config.extra["pages"])]
    config.markdown_extensions += [StudyExtension(names.homes()), quiz.QuizExtension()]  # type: ignore[list-item]
    config.mdx_configs.setdefault("pymdownx.superfences", {})["custom_fences"] = FENCES
    _spare_second_parsing(config)
    return config


def _spare_second_parsing(config: MkDocsConfig) -> None:
    """Let mkdocs-mermaid2-plugin leave the finished pages alone.

    It parses each a second time, a third of a build, to add the script that every page here loads anyway.
    """
    events, plugin = config.plugins.events["post_page"], config.plugins["mermaid2"]
    events[:] = [one for one in events if getattr(one, "__self__", None) is not plugin]


def _spare_reading_code(config: MkDocsConfig) -> None:
    """Let the search read pages without code and formulas, most of their tags: it forgets them anyway."""
    index = config.plugins["material/search"].search_index  # type: ignore[attr-defined]
    add = index.add_entry_from_context

    def add_words(page: Page) -> None:
        words = copy(page)
        words.content = searching.words(page.content or "")
        add(words)

    index.add_entry_from_context = add_words


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is generated, and what comes from elsewhere."""

    def add(uri: str, **origin: Any) -> None:
        files.append(File.generated(config, uri, **origin))

    mermaid = npm_package(MERMAID)
    for path in mermaid.rglob("*"):
        if path.is_file():
            add(f"assets/vendor/mermaid/{path.relative_to(mermaid).as_posix()}", abs_src_path=str(path))
    add("assets/vendor/stix-two-math.woff2", abs_src_path=str(math_font()))
    add("assets/study.css", content=assets.style())
    for script in assets.scripts():
        add(f"assets/scripts/{script.name}", abs_src_path=str(script))
    add("assets/scripts/contents.js", content=course.script())
    package = inpage.package()
    add(inpage.package_uri(package), content=package)
    add("assets/scripts/places.js", content=inpage.script(package))
    for uri, path in inpage.vendored().items():
        add(uri, abs_src_path=str(path))
    for page in pages.leaves(config.extra["pages"]):
        add(page.uri, content=page.content)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Put what is made into the written page that asks for it."""
    if page.file.src_uri != teaching.PAGE:
        return markdown
    return markdown.replace(teaching.PLACE, teaching.lessons())


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> None:
    """Lead *Next* along the path: home, the machine, the chapters. The other pages go on among themselves."""
    path = ["index.md", "machine.md", *(names.page(chapter.module) for chapter in contents.CHAPTERS)]
    found = {page.file.src_uri: page for page in nav.pages}
    on_path = [found[uri] for uri in path]
    for row in (on_path, [page for page in nav.pages if page not in on_path]):
        for before, page, after in zip([None, *row], row, [*row[1:], None], strict=False):
            page.previous_page, page.next_page = before, after
    config.extra["files"] = list(files)
    _arrange(files, sorted(files, key=lambda file: file.src_uri.startswith(LATE)))


LATE = ("index.md", "machine.md", "practice/clinic/")
"""The pages that show what takes long to compute; they are made last, while their places stay the same."""


def _arrange(files: Files, order: Iterable[File]) -> None:
    """Bring files into an order; MkDocs goes through them as they were added."""
    for file in order:
        files.remove(file)
        files.append(file)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Give a page its terms and its contents, and a chapter the notes in its margin."""
    html = tooltips.on_page(commands.first(html, page.file.src_uri), page.file.src_uri, page.url)
    sections = [(one.title, one.id) for top in page.toc for one in top.children] if page.toc else []
    is_course = "navigation" not in page.meta.get("hide", ())  # home and the book have their own lists
    html = finishing.with_contents(html, sections if is_course and len(sections) > 2 else ())
    chapter = names.chapter_at(page.file.src_uri)
    if chapter:
        html = finishing.with_margin(finishing.with_number(html), chapter)
    return finishing.hanging(html)


def on_page_context(context: Any, page: Page, config: MkDocsConfig, nav: Navigation) -> Any:
    """Let the examples of a chapter be run, but not in the book, which is bound already."""
    if chapter := names.chapter_at(page.file.src_uri):
        page.content = cells.with_cells(page.content or "", chapter)
    return context


@event_priority(50)  # before the plugin writes what it has found
def on_post_build(config: MkDocsConfig) -> None:
    """Put the lessons before the rest of what a search finds."""
    index = config.plugins["material/search"].search_index  # type: ignore[attr-defined]
    index.entries = searching.tuned(index.entries)


@event_priority(-100)  # when mkdocs-autorefs has made its links
def on_env(env: Environment, config: MkDocsConfig, files: Files) -> None:
    """Put the figures into the pages; bind these to the editions of the book, in the navigation's order."""
    _arrange(files, config.extra["files"])
    _spare_reading_code(config)
    found = {file.src_uri: file.page for file in files.documentation_pages() if file.page}
    for uri, page in found.items():
        chapter = names.chapter_at(uri)
        page.content = figures.put_in(page.content or "", names.number(chapter) if chapter else None)
    config.extra["book"] = {}
    for edition in book.EDITIONS:
        parts = [
            book.Part(found[uri].url, str(found[uri].title), found[uri].content or "", book.group(uri))
            for uri in order(config.nav)
            if book.belongs(uri, edition)
        ]
        config.extra["book"][edition] = book.bound(parts, found[edition].url, edition == book.LESSONS)


def order(nav: Any) -> list[str]:
    """List the pages of the navigation in its order."""
    if isinstance(nav, str):
        return [nav]
    return [page for part in (nav.values() if isinstance(nav, dict) else nav) for page in order(part)]


REPAIRS = (
    (
        re.compile(r'(<div class="md-search" data-md-component="search" role="dialog")>'),
        r'\1 aria-label="Search">',
    ),
    (re.compile(r' tabindex(?:="")?(?=[\s>])'), ' tabindex="0"'),
)
"""What the theme's HTML lacks for people who do not use a mouse or a screen."""


@event_priority(-100)  # after all others
def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Put the book into its page, when nothing will parse so large a page any more; mend the theme's HTML."""
    if page.file.src_uri in book.EDITIONS:
        output = output.replace(book.PLACE, config.extra["book"][page.file.src_uri])
    return repaired(output)


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    """Mend the page that is shown when there is none."""
    return repaired(output) if template_name.endswith(".html") else output


def repaired(output: str) -> str:
    """Add to the theme's HTML what it lacks, and take off what it has too much of."""
    for pattern, new in REPAIRS:
        output = pattern.sub(new, output)
    return finishing.close_set(output)

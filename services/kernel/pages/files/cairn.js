/* With JavaScript, the reason behind a cell opens over the matrix; without it, the link leads to the same page. */

const refusesDialog = (event) =>
  event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;

const fetched = async (address) => {
  const response = await fetch(address, { credentials: "same-origin", redirect: "error" });
  if (!response.ok) throw new Error("no page");
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const content = page.querySelector("[data-dialog-content]");
  if (!content) throw new Error("no content");
  return document.adoptNode(content);
};

const dialogOver = (content) => {
  const dialog = document.createElement("dialog");
  dialog.className = "cairn_dialog";
  const bar = document.createElement("div");
  bar.className = "cairn_dialog__bar";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "cairn_dialog__close";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  bar.append(close);
  const body = document.createElement("div");
  body.className = "cairn_dialog__content";
  body.append(content);
  const heading = content.querySelector("h1");
  if (heading) {
    heading.id = "dialog-heading";
    heading.tabIndex = -1;
    dialog.setAttribute("aria-labelledby", heading.id);
  }
  dialog.append(bar, body);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.querySelector(".cairn_page").append(dialog);
  dialog.showModal();
  heading?.focus();
};

document.addEventListener("click", async (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-dialog]") : null;
  if (!link || refusesDialog(event) || !("showModal" in HTMLDialogElement.prototype)) return;
  event.preventDefault();
  try {
    dialogOver(await fetched(link.href));
  } catch {
    window.location.assign(link.href);
  }
});

/* How long something lasts was right when the page was made; it goes on by the time that the page has been open, as
   the clock of this machine need not be the hub's. */

const lasting = [...document.querySelectorAll("time[data-elapsed]")].map((element) => ({
  element,
  seconds: Number(element.dataset.elapsed),
}));

const elapsedWords = (seconds) => {
  const minutes = Math.max(0, Math.floor(seconds / 60));
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  if (days) return `${days} day${days > 1 ? "s" : ""} ${hours} h`;
  return hours ? `${hours} h ${String(rest).padStart(2, "0")} min` : `${rest} min`;
};

const tick = () => {
  for (const { element, seconds } of lasting) {
    const words = elapsedWords(seconds + performance.now() / 1000);
    if (element.textContent !== words) element.textContent = words;
  }
};
if (lasting.length) setInterval(tick, 5000);

/* What is new is announced and never moves what is being read: the reader asks for it. */

const news = document.querySelector("[data-news]");

const announce = async () => {
  if (document.hidden || document.documentElement.classList.contains("cairn_is-covered")) return;
  try {
    const response = await fetch(news.dataset.news, { credentials: "same-origin", redirect: "error" });
    if (!response.ok) return;
    const { words } = await response.json();
    const told = news.querySelector("[data-news-words]");
    if (told.textContent !== words) told.textContent = words;
    news.classList.toggle("cairn_news--some", words !== "");
  } catch {
    /* away for a moment: what is shown stays, with the time it was right at */
  }
};
if (news) setInterval(announce, Number(news.dataset.newsSeconds) * 1000);

/* A page that nobody touches for some minutes is covered. What was written and not sent is kept behind the cover;
   everything else is taken away, and read anew, with its trace, when somebody comes back. */

const page = document.querySelector(".cairn_page");
const idleSeconds = Number(document.body.dataset.idleMinutes || 0) * 60;
let touched = Date.now();

const isCovered = () => document.documentElement.classList.contains("cairn_is-covered");
const wasWritten = (field) =>
  field.type === "checkbox" || field.type === "radio"
    ? field.checked !== field.defaultChecked
    : field.tagName === "SELECT"
      ? [...field.options].some((option) => option.selected !== option.defaultSelected)
      : field.value !== field.defaultValue;

const cover = () => {
  const written = [...page.querySelectorAll("form[method=post] :is(input, select, textarea)")].some(wasWritten);
  const title = document.title;
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  document.documentElement.classList.add("cairn_is-covered");
  document.title = "Covered - Cairn";
  page.hidden = true;
  if (!written) page.replaceChildren();
  const covering = document.createElement("main");
  covering.className = "cairn_cover";
  const heading = document.createElement("h1");
  heading.textContent = "This screen is covered";
  const words = document.createElement("p");
  words.textContent = `Nobody touched it for ${document.body.dataset.idleMinutes} minutes, so nothing can be read here now.`;
  const back = document.createElement("button");
  back.type = "button";
  back.className = "ds_button";
  back.textContent = "Show the page again";
  back.addEventListener("click", () => {
    if (!written) {
      window.location.reload();
      return;
    }
    covering.remove();
    document.title = title;
    page.hidden = false;
    document.documentElement.classList.remove("cairn_is-covered");
    touched = Date.now();
  });
  covering.append(heading, words, back);
  document.body.append(covering);
  back.focus();
};

const look = () => idleSeconds > 0 && !isCovered() && Date.now() - touched >= idleSeconds * 1000 && cover();

if (idleSeconds > 0) {
  const touch = () => {
    look();
    touched = Date.now();
  };
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "input"]) {
    window.addEventListener(kind, touch, { capture: true, passive: true });
  }
  setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pageshow", look);
}

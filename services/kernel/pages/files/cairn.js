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

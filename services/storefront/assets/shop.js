// The script of the shop. Every page works without it: it only saves a visitor some steps.
"use strict";

const each = (selector, visit) => document.querySelectorAll(selector).forEach(visit);

// Suggests names of products while the visitor types.
each("input[data-suggest]", (input) => {
  const list = document.getElementById(input.getAttribute("list"));
  let timer, last = "";
  input.addEventListener("input", () => {
    clearTimeout(timer);
    const words = input.value.trim();
    if (words.length < 2 || words === last) return;
    timer = setTimeout(async () => {
      last = words;
      try {
        const answer = await fetch(input.dataset.suggest + "?q=" + encodeURIComponent(words));
        if (!answer.ok || input.value.trim() !== words) return;
        list.replaceChildren(...(await answer.json()).map((name) => new Option(name, name)));
      } catch { /* The search itself still works. */ }
    }, 150);
  });
});

// Adds buttons for one less and one more to a quantity.
each("[data-stepper]", (box) => {
  const input = box.querySelector("input");
  const button = (label, sign, step) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = sign;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", () => {
      step();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return made;
  };
  input.before(button(box.dataset.less, "\u2212", () => input.stepDown()));
  input.after(button(box.dataset.more, "+", () => input.stepUp()));
});

// Keeps the stock of a product up to date while the page is visible.
each("[data-stock]", (shown) => {
  const button = document.querySelector("form.add button[type=submit]");
  const input = document.querySelector("form.add input[type=number]");
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(shown.dataset.stock);
      if (!answer.ok) return;
      const { available, text } = await answer.json();
      if (shown.textContent !== text) shown.textContent = text;
      shown.classList.toggle("none", available < 1);
      shown.classList.toggle("few", available > 0 && available < 10);
      if (button) button.disabled = available < 1;
      if (input) input.max = Math.min(Math.max(available, 1), 999);
    } catch { /* The page keeps what it shows. */ }
  };
  setInterval(look, 15000);
  document.addEventListener("visibilitychange", look);
});

// Sends a form once. The server finds a repeat anyway.
each("form[data-once]", (form) => {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
    // A visitor who stopped the browser can send it again. No answer takes longer.
    setTimeout(() => unsent(form), 30000);
  });
});
const unsent = (form) => {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
};
addEventListener("pageshow", () => each("form[data-sent]", unsent));

// Shows times in the visitor's own zone, in the form of the server: a text of another form would
// move what stands around it.
const localTimes = (part) => part.querySelectorAll("time[data-local]").forEach((shown) => {
  const at = new Date(shown.dateTime);
  if (isNaN(at)) return;
  const lang = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const write = (fields) => new Intl.DateTimeFormat(lang, fields).format(at);
  const parts = [write({ dateStyle: "long" })];
  if (shown.dataset.local !== "date") {
    parts.push(write({ hour: "2-digit", minute: "2-digit", timeZoneName: "short" }));
  }
  shown.textContent = parts.join(", ");
});
localTimes(document);

// Follows an order: each event brings its state anew.
each("[data-live]", (box) => {
  const events = new EventSource(box.dataset.live);
  const show = async () => {
    try {
      const answer = await fetch(box.dataset.part);
      // The session has ended: the page itself leads to the login and back.
      if (answer.redirected) return location.reload();
      if (!answer.ok) return;
      box.innerHTML = await answer.text();
      localTimes(box);
      const [said, state] = [document.querySelector("[data-said]"), box.querySelector(".status")];
      if (said && state && said.textContent !== state.textContent) said.textContent = state.textContent;
      if (box.querySelector("[data-final]")) events.close();
    } catch { /* The next event tries again. */ }
  };
  events.addEventListener("order", show);
  events.addEventListener("error", () => {
    if (events.readyState !== EventSource.CLOSED) return show();
    // The stream cannot be had: the page asks now and then.
    const timer = setInterval(async () => {
      await show();
      if (box.querySelector("[data-final]")) clearInterval(timer);
    }, 3000);
  });
});

// Keeps the engine room up to date while it is visible.
each("[data-engine]", (room) => {
  const shown = {}, stale = document.querySelector("[data-stale]");
  let busy = false;
  const renew = (old, html) => {
    const open = [...old.querySelectorAll("details[open]")].map((part) => part.id);
    const lefts = [...old.querySelectorAll(".scroll")].map((part) => part.scrollLeft);
    old.innerHTML = html;
    open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    old.querySelectorAll(".scroll").forEach((part, at) => { part.scrollLeft = lefts[at] ?? 0; });
  };
  const look = async () => {
    if (document.hidden || busy) return;
    busy = true;
    try {
      const answer = await fetch(room.dataset.engine);
      if (!answer.ok) throw new Error(answer.statusText);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      // A component came or went, and so did its forms.
      const offers = fresh.querySelector("[data-offers]").dataset.offers;
      if (offers !== room.dataset.offers && !document.activeElement.closest("form")) return location.assign(room.dataset.room);
      fresh.querySelectorAll("[data-block]").forEach(({ dataset: { block }, innerHTML }) => {
        const old = room.querySelector(`[data-block=${block}]`);
        if (shown[block] === innerHTML || old.contains(document.activeElement)) return;
        renew(old, shown[block] = innerHTML);
      });
      stale.hidden = true;
    } catch {
      stale.hidden = false;
    } finally {
      busy = false;
    }
  };
  setInterval(look, 2000);
  document.addEventListener("visibilitychange", look);
});

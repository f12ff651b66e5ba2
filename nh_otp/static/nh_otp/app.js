"use strict";
// Keys, scanner, focus and clocks. Every page works without this file; its texts come from the page.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (names, act, phase) => names.split(" ").forEach((name) => document.addEventListener(name, act, phase));
  const page = document.documentElement;
  const visible = (el) => el.getClientRects().length > 0;
  const typing = (el) => el.matches("input:not([type=radio],[type=checkbox]),textarea,select");
  const clock = (n) => [(n / 60) | 0, n % 60].map((part) => String(part).padStart(2, "0")).join(":");

  const say = (words, loud) => {
    const region = $(loud ? "#alert" : "#live");
    if (!region || !words) return;
    region.textContent = "";
    setTimeout(() => (region.textContent = words), 60);
  };

  const tell = (root) => {
    const news = root && $("[data-live]", root);
    say(news?.dataset.live || news?.textContent.trim());
  };

  // 두벌식 → QWERTY: a scanner types letters, and 한글 mode makes syllables of them.
  const [LEAD, VOWEL, TAIL] = ["r R s e E f a q Q t T d w W c z x v g", "k o i O j p u P h hk ho hl y n nj np nl b m ml l",
    " r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g"].map((keys) => keys.split(" "));
  const JAMO = {};
  "ㄱrㄲRㄳrtㄴsㄵswㄶsgㄷeㄸEㄹfㄺfrㄻfaㄼfqㄽftㄾfxㄿfvㅀfgㅁaㅂqㅃQㅄqtㅅtㅆTㅇdㅈwㅉWㅊcㅋzㅌxㅍvㅎgㅏkㅐoㅑiㅒOㅓjㅔpㅕuㅖPㅗhㅘhkㅙhoㅚhlㅛyㅜnㅝnjㅞnpㅟnlㅠbㅡmㅢmlㅣl"
    .replace(/([ㄱ-ㅣ])([a-zA-Z]+)/g, (_, jamo, keys) => (JAMO[jamo] = keys));
  const unhangul = (words) => [...words.normalize("NFC")].map((char) => {
    const n = char.charCodeAt(0) - 0xac00;
    return n >= 0 && n < 11172 ? LEAD[(n / 588) | 0] + VOWEL[((n % 588) / 28) | 0] + TAIL[n % 28] : JAMO[char] || char;
  }).join("");
  const serial = (scan) => unhangul(scan).toUpperCase().replace(/[^0-9A-Z]/g, "");
  const clean = (box) => {
    box.value = serial(box.value);
    box.classList.add("pulse");
  };

  // Keys
  const enter = (el) => (el.focus(), typing(el) && el.select?.());
  const activate = (el) => {
    if (typing(el)) return enter(el);
    if (el.tagName !== "DETAILS") return el.click();
    el.open = true;
    ($("[data-first]", el) || $("summary", el)).focus();
  };
  const missing = (form) => [...form.elements].find((el) => el.willValidate && !el.validity.valid && visible(el));
  const advance = (form) => {
    const gap = missing(form);
    if (gap) enter(gap);
    else form.requestSubmit($("[data-primary]", form));
  };
  const onEnter = (el) => {
    if (el.dataset.scan !== undefined) clean(el);
    if (el.type === "checkbox" && el.required) el.checked = true;
    advance(el.form);
  };
  const onDigit = (el, digit) => {
    const group = el.type === "radio" && el.closest("[data-digits]");
    const choice = group && $$("input", group)[digit - 1];
    if (!choice) return false;
    choice.click();
    enter(missing(choice.form) || choice);
    return true;
  };

  let scanned = "", struck = 0;
  const onScan = ({ code, timeStamp }) => {
    if (timeStamp - struck > 40) scanned = "";
    struck = timeStamp;
    const box = $("[data-scan]") || $("#q");
    if (!code.endsWith("Enter") || scanned.length < 8 || !box) {
      scanned += code.match(/^(?:Key|Digit|Numpad)([A-Z0-9])$/)?.[1] || "";
      return false;
    }
    const whole = box.id !== "q" || /^RI\d{12}$/.test(scanned);
    box.value = whole ? scanned : `${scanned} `; // a device alone finds nobody: the birth date is typed behind it
    if (whole) box.form.requestSubmit();
    else box.focus();
    return true;
  };
  const onNamed = (code) => {
    const named = $$(`[data-key=${code}]`).filter(visible);
    const found = named.find((one) => one.closest("main")) || named[0];
    return found && (activate(found), true);
  };
  const onEscape = (el) => {
    disarm();
    const open = el.closest("details[open]");
    if (open) {
      open.open = false;
      $("summary", open).focus();
    } else if (el.id === "q") el.value = "";
  };

  const onKey = (event) => {
    const { code, target: el, ctrlKey, altKey } = event;
    if (page.dataset.shielded !== undefined) return shield(false), true;
    const isEnter = code.endsWith("Enter");
    if (ctrlKey && isEnter) return $$("main form[data-enter]").slice(0, 1).map(advance).length;
    if (altKey && !ctrlKey && !event.getModifierState("AltGraph") && /^Digit[1-9]$/.test(code))
      return $$("#nav a")[code.slice(5) - 1]?.click(), true;
    if (ctrlKey || altKey || event.metaKey) return false;
    if (/^F\d/.test(code)) return onNamed(code);
    if (code === "Escape") return onEscape(el);
    if (isEnter && el.matches("form[data-enter] input")) return onEnter(el), true;
    if (typing(el)) return false;
    const digit = code.match(/^(?:Digit|Numpad)([1-9])$/)?.[1];
    return (digit && onDigit(el, digit)) || onInbox(event, digit) || onScan(event);
  };
  on("keydown", (event) => {
    if (!event.isComposing && event.keyCode !== 229 && onKey(event)) event.preventDefault();
  });

  // Forms: one press, one request (the server's `once` key is the real guard).
  on("submit", (event) => {
    const { target: form, submitter } = event;
    if (form.dataset.busy !== undefined) {
      event.preventDefault();
      return event.stopImmediatePropagation();
    }
    $$("[data-scan]", form).forEach(clean);
    form.dataset.busy = "";
    setTimeout(() => submitter?.setAttribute("aria-disabled", "true"));
    say($("#live")?.dataset.sending);
  }, true);
  const free = (form) => {
    delete form.dataset.busy;
    $$("[type=submit][aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  };
  addEventListener("pageshow", () => $$("[data-busy]").forEach(free));

  // The kind of identity document decides what else is typed from it.
  const fit = (radio) => $$("[data-when]", radio.form).forEach((field) => {
    const wanted = radio.dataset[field.dataset.when];
    field.hidden = !wanted;
    const input = $("input", field);
    input.disabled = !(input.required = !!wanted);
    if (field.dataset.when === "tail") $("label", field).textContent = wanted;
  });
  const prepare = () => $$("[data-tail]:checked").forEach(fit);
  on("change", ({ target }) => target.matches("[data-tail]") && fit(target));

  // Inbox: letters count only while the focus is inside it; two keys decide.
  let shownAt = performance.now();
  const disarm = () => $$("[data-armed]").forEach((form) => delete form.dataset.armed);
  const arm = (form) => {
    const open = $$("[data-flag]").find((box) => !box.checked);
    if (open) open.focus();
    else {
      form.dataset.armed = "";
      $("button", form).focus();
    }
    say(form.dataset[open ? "unticked" : "says"], true);
  };
  const onInbox = ({ code, target: el, repeat }, digit) => {
    const pane = $("#inbox");
    if (!pane?.contains(el) || repeat || localStorage.letters === "off") return false;
    const menu = $("[data-reasons][open]");
    const step = { ArrowDown: 1, ArrowUp: -1 }[code];
    if (step) {
      const rows = $$(".list li a").filter(visible);
      const next = rows[rows.findIndex((row) => row.matches("[aria-current]")) + step];
      if (next) next.focus(), next.click();
      return el.closest(".list");
    }
    if (digit) return $$(menu ? "[data-reasons][open] button" : "[data-flag]")[digit - 1]?.click(), true;
    const act = /^Key/.test(code) && $(`[data-letter=${code[3]}]`, pane);
    if (!act || performance.now() - shownAt < 1000) return !!act;
    disarm();
    if (menu) menu.open = false;
    if (act.tagName === "FORM") arm(act);
    else activate(act);
    return true;
  };

  const deeds = {
    shield: () => shield($("#shield").hidden),
    print: () => print(),
    stay: () => {
      fetch(document.body.dataset.touch, { method: "HEAD" });
      touched = Date.now();
    },
    letters: (button) => {
      localStorage.letters = localStorage.letters === "off" ? "on" : "off";
      button.setAttribute("aria-pressed", localStorage.letters === "off");
    },
    filter: (button) => {
      const wanted = button.dataset.filter;
      $$("[data-filter]").forEach((one) => one.setAttribute("aria-pressed", one === button));
      $$(".list li").forEach((row) => (row.hidden = wanted && !row.classList.contains(wanted)));
    },
  };
  on("click", (event) => {
    const deed = event.target.closest("[data-do]");
    if (deed) deeds[deed.dataset.do](deed);
    const form = event.target.closest("[data-arms] button")?.form;
    if (form && form.dataset.armed === undefined) {
      event.preventDefault();
      arm(form);
    }
    const row = event.target.closest(".list li a");
    if (!row) return;
    $$(".list [aria-current]").forEach((one) => one.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
  }, true);

  // htmx: a poll rests while the page is hidden and never takes it from someone who types.
  const polls = (el) => el?.dataset?.poll !== undefined;
  on("htmx:beforeRequest", (event) => {
    if (!polls(event.target)) event.detail.target.setAttribute("aria-busy", "true");
    else if (document.hidden) event.preventDefault();
  });
  on("htmx:beforeSwap", ({ detail }) => {
    const { target, xhr, requestConfig: { elt } } = detail;
    const busy = document.activeElement;
    const own = $(elt.getAttribute("hx-target"));
    if (target.id === "refusal" && own && xhr.response.includes(`id="${own.id}"`)) {
      Object.assign(detail, { target: own, selectOverride: `#${own.id}`, swapOverride: "outerHTML" });
    } else if (xhr.status === 200 && !xhr.response.includes(`id="${target.id}"`)) {
      detail.shouldSwap = false;
      location.assign(xhr.responseURL);
    } else if (polls(elt) && target.contains(busy) && typing(busy) && busy.value) {
      detail.shouldSwap = false;
      $("[data-stale]")?.removeAttribute("hidden");
    } else if (polls(elt) && busy !== document.body && !elt.closest("#case")?.contains(busy)) {
      detail.serverResponse = xhr.response.replaceAll(" autofocus", "");
    } else if (xhr.status < 300) $("#refusal")?.replaceChildren();
  });
  on("htmx:afterRequest", ({ target, detail }) => {
    detail.target?.removeAttribute("aria-busy");
    if (target.matches("form")) free(target);
    if (!polls(target)) touched = Date.now();
  });
  on("htmx:afterSettle", ({ detail: { target } }) => {
    shownAt = performance.now();
    tell(target?.id && $(`#${target.id}`));
    prepare();
    if (target?.id !== "refusal") return;
    $(".refusal")?.focus();
    $$("[name=once]").forEach((box) => (box.value = crypto.randomUUID())); // the old key holds the refusal
  });
  on("htmx:sendError htmx:timeout htmx:responseError", ({ target, detail: { xhr } }) => {
    if (xhr.status && xhr.status < 500) return;
    if (polls(target)) $("[data-cut]")?.removeAttribute("hidden");
    else say($("#live").dataset.offline, true);
  });
  on("visibilitychange", () => document.hidden || $$("[data-poll]").forEach((el) => htmx.trigger(el, "poll")));

  // Clocks: session, shield, time limits
  let touched = Date.now(), moved = Date.now(), before;
  const shield = (closed) => {
    const curtain = $("#shield");
    moved = Date.now();
    if (!curtain || curtain.hidden !== closed) return;
    if (closed) before = document.activeElement;
    curtain.hidden = !closed;
    page.toggleAttribute("data-shielded", closed);
    (closed ? $("button", curtain) : before).focus();
  };
  on("keydown pointermove", () => (moved = Date.now()));
  const watch = ({ idle, shieldAfter }) => {
    const left = Math.max(0, idle - ((Date.now() - touched) / 1000 | 0));
    $("#idle").textContent = clock(left);
    const warning = $("#stay");
    const warned = !warning.hidden;
    warning.hidden = left > 60;
    if (!warned && left <= 60) {
      say(warning.textContent, true);
      $("button", warning).focus();
    }
    if (!left) location.reload();
    if (Date.now() - moved > shieldAfter * 1000) shield(true);
  };
  const now = $("#now");
  let time = now?.dataset.at.split(":").reduce((sum, part) => sum * 60 + +part, 0);
  setInterval(() => {
    if (document.body.dataset.idle) watch(document.body.dataset);
    if (now) now.textContent = clock((++time % 86400 / 60) | 0);
    $$("[data-left]").forEach((el) => (el.textContent = clock(el.dataset.left = Math.max(0, el.dataset.left - 1))));
  }, 1000);
  prepare();
  tell(document);
})();

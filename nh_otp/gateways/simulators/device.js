"use strict";
// Counts the remaining seconds down and loads the page again for the next number.
const left = document.getElementById("left");
const ends = Date.now() + Number(left.dataset.left) * 1000;
const tick = setInterval(() => {
  const seconds = Math.ceil((ends - Date.now()) / 1000);
  if (seconds > 0) { left.textContent = String(seconds); return; }
  clearInterval(tick);
  location.reload();
}, 250);

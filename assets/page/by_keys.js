// Tab goes through the screen as it is built: the header, what lies below it to its end, the places at the foot or the side.
//
// Flutter would sort whatever can be used by where it stands, lines across the whole screen, and so mix the bar at the foot
// with what lies below the fold, and the rail with the screen beside it. Its accessibility tree keeps each part together,
// and moves Flutter's own focus when one of its nodes takes the browser's: so Tab goes along that tree, and turns it on at its
// first press.
(() => {
  const STOPS = 'flt-semantics-host [tabindex="0"], flt-semantics-host input, flt-semantics-host textarea';
  const SCANNER = 60; // ms; a Tab so soon after a letter or digit ends a scanner's code and is nobody's step
  const EDGE = 4;
  let typed = -Infinity;

  const turnOn = () => {
    const button = document.querySelector('flt-semantics-placeholder');
    if (!button) return;
    const at = button.getBoundingClientRect(); // a touch screen's asks for its very middle
    const middle = {clientX: at.x + at.width / 2, clientY: at.y + at.height / 2};
    button.dispatchEvent(new MouseEvent('click', {bubbles: true, ...middle}));
  };

  // Where the focus is. A field that was typed into before the tree was there keeps an input of Flutter's own, drawn over
  // the tree's.
  const place = stops => {
    const now = document.activeElement;
    if (stops.includes(now) || !/^(INPUT|TEXTAREA)$/.test(now?.tagName)) return stops.indexOf(now);
    const middle = one => {
      const at = one.getBoundingClientRect();
      return [at.x + at.width / 2, at.y + at.height / 2];
    };
    const [x, y] = middle(now);
    const far = one => {
      const [left, top] = middle(one);
      return Math.hypot(left - x, top - y);
    };
    const fields = stops.filter(one => one.tagName === now.tagName);
    return stops.indexOf(fields.reduce((best, one) => (far(one) < far(best) ? one : best), fields[0]));
  };

  const clear = stop => { // of what an edge of its list cuts, the browser knows only what is in sight
    const list = stop.closest('flt-semantics[style*="overflow-y: scroll"]');
    if (!list) return;
    const at = stop.getBoundingClientRect(), within = list.getBoundingClientRect();
    if (at.bottom > within.bottom - EDGE || at.top < within.top + EDGE) stop.scrollIntoView({block: 'center'});
  };

  addEventListener('keydown', event => {
    if (/^[\p{L}\p{N}]$/u.test(event.key)) typed = event.timeStamp;
    if (event.key !== 'Tab' || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.timeStamp - typed < SCANNER) return;
    const stops = [...document.querySelectorAll(STOPS)].filter(one => !one.disabled && one.getClientRects().length);
    if (!stops.length) {
      turnOn(); // this once Flutter steps by itself
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const here = place(stops);
    const next = event.shiftKey ? (here < 0 ? stops.length : here) - 1 : here + 1;
    const stop = stops[(next + stops.length) % stops.length];
    stop.focus();
    if (document.activeElement !== stop) stop.dispatchEvent(new FocusEvent('focus')); // Flutter's own field held it back
    clear(stop);
  }, true);
})();

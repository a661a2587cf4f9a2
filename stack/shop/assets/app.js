/*
 * Foobar's script. Every page works without it; it only makes some of them
 * nicer. It keeps to itself: nothing global but what `defer` scripts share.
 */
(() => {
  const ownAddress = document.currentScript ? document.currentScript.src : '';
  const version = new URL(ownAddress || location.href).search;

  const select = (selector, root = document) => root.querySelector(selector);
  const selectAll = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  const cookie = (name) => {
    const found = document.cookie.split('; ').find((entry) => entry.startsWith(`${name}=`));
    return found === undefined ? '' : decodeURIComponent(found.slice(name.length + 1));
  };

  const icon = (name, size = 16) => {
    const namespace = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(namespace, 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('width', String(size));
    svg.setAttribute('height', String(size));
    svg.setAttribute('aria-hidden', 'true');
    svg.classList.add('icon');
    const path = document.createElementNS(namespace, 'path');
    path.setAttribute('d', ICONS[name] || ICONS['polygon-6']);
    path.setAttribute('fill', 'currentColor');
    svg.append(path);
    return svg;
  };

  /* The number of things in the cart comes from a cookie: pages are the same for everyone. */
  const showCartBadge = () => {
    const badge = select('[data-cart-badge]');
    const items = Number.parseInt(cookie('shop_cart'), 10);
    if (badge === null || !(items > 0)) {
      return;
    }
    badge.textContent = items > 99 ? '99+' : String(items);
    badge.hidden = false;
  };

  /* Suggestions are fetched when somebody starts to search, and only once. */
  const offerSuggestions = () => {
    const field = select('#q');
    if (field === null) {
      return;
    }
    const list = document.createElement('datalist');
    list.id = 'suggestions';
    field.after(list);
    field.setAttribute('list', list.id);
    let terms = null;

    const fill = () => {
      const typed = field.value.trim().toLowerCase();
      const fitting = typed === '' ? [] : (terms || []).filter((term) => term.includes(typed)).slice(0, 8);
      list.replaceChildren(...fitting.map((term) => new Option(term, term)));
    };
    field.addEventListener('focus', async () => {
      if (terms !== null) {
        return;
      }
      terms = [];
      try {
        const answer = await fetch(`/assets/search-terms.json${version}`);
        terms = answer.ok ? await answer.json() : [];
      } catch {
        terms = [];
      }
      fill();
    });
    field.addEventListener('input', fill);
  };

  /* Pictures fade in as they come, unless the visitor prefers stillness. */
  const fadePictures = () => {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      return;
    }
    selectAll('.card img').forEach((picture) => {
      if (picture.complete) {
        return;
      }
      picture.classList.add('coming');
      const arrived = () => picture.classList.remove('coming');
      picture.addEventListener('load', arrived, { once: true });
      picture.addEventListener('error', arrived, { once: true });
    });
  };

  /* The product's picture grows under the pointer. */
  const zoomProduct = () => {
    const picture = select('[data-gallery]');
    if (picture === null || !matchMedia('(hover: hover)').matches) {
      return;
    }
    picture.addEventListener('pointermove', (event) => {
      const bounds = picture.getBoundingClientRect();
      const x = ((event.clientX - bounds.left) / bounds.width) * 100;
      const y = ((event.clientY - bounds.top) / bounds.height) * 100;
      picture.style.setProperty('transform-origin', `${x}% ${y}%`);
      picture.classList.add('zoomed');
    });
    picture.addEventListener('pointerleave', () => picture.classList.remove('zoomed'));
  };

  /* Plus and minus beside a quantity; the field itself stays as it is. */
  const addSteppers = () => {
    selectAll('input[type="number"][name="quantity"]').forEach((field) => {
      const step = (name, label, change) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'step';
        button.setAttribute('aria-label', label);
        button.textContent = name;
        button.addEventListener('click', () => {
          const wanted = Number.parseInt(field.value, 10) + change;
          field.value = String(Math.min(Number(field.max), Math.max(Number(field.min), wanted || 0)));
        });
        return button;
      };
      field.before(step('−', 'One less', -1));
      field.after(step('+', 'One more', 1));
    });
  };

  /* One click, one order: the server would notice a second one, the visitor should not have to. */
  const guardForms = () => {
    selectAll('form[method="post"]').forEach((form) => {
      form.addEventListener('submit', (event) => {
        if (form.dataset.sent === 'yes') {
          event.preventDefault();
          return;
        }
        form.dataset.sent = 'yes';
        const button = select('button[type="submit"]', form);
        if (button !== null) {
          button.setAttribute('aria-busy', 'true');
        }
      });
    });
    /* Coming back through the browser's history shows the form as it was left. */
    addEventListener('pageshow', () => {
      selectAll('form[data-sent]').forEach((form) => {
        delete form.dataset.sent;
        selectAll('[aria-busy]', form).forEach((button) => button.removeAttribute('aria-busy'));
      });
    });
  };

  /* Where in the long row of categories the visitor is. */
  const revealCategory = () => {
    const current = select('.shelf [aria-current]');
    if (current !== null) {
      const shelf = current.closest('ul');
      shelf.scrollLeft = current.offsetLeft - shelf.clientWidth / 2;
    }
  };

  const decorate = () => {
    const stock = select('.stock');
    if (stock !== null) {
      stock.prepend(icon('star-5'), ' ');
    }
  };

  showCartBadge();
  offerSuggestions();
  fadePictures();
  zoomProduct();
  addSteppers();
  guardForms();
  revealCategory();
  decorate();
})();

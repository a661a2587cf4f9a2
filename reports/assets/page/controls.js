// What people use by mouse, finger or keyboard: the legend, the zoom, reading values, saving files.
var SIGNS = { line: '━', dashed: '┅', joined: '●', circles: '●', triangles: '▲', diamonds: '◆', squares: '■' };

function element(name, words) {
  var made = document.createElement(name);
  if (words) made.textContent = words;
  return made;
}

function button(words, does) {
  var made = element('button', words);
  made.type = 'button';
  made.addEventListener('click', does);
  return made;
}

// One of the charts to choose from, as a chart of its own.
function chosen(told, at) {
  return Object.assign({}, told.charts[at], { id: told.id, kind: 'lines' });
}

// A list of them above the chart; the same one goes on being shown when there are more.
function chooser(entry) {
  var told = entry.told, place = document.getElementById('legend-' + told.id).previousElementSibling;
  if (place) place.remove();
  if (told.charts.length < 2) return;
  var label = element('label', told.what + ' ');
  var list = element('select');
  told.charts.forEach(function (c, i) {
    var option = element('option', c.name);
    option.value = String(i);
    option.selected = i === entry.at;
    list.append(option);
  });
  list.addEventListener('change', function () {
    entry.at = +list.value;
    entry.chart = chosen(told, entry.at);
    zoomTo(entry, 0, 100);
    draw(entry);
    legend(entry.chart, entry);
    controls(entry.chart, entry);
  });
  label.className = 'choice';
  label.append(list);
  document.getElementById('legend-' + told.id).before(label);
}

function legend(chart, entry) {
  var place = document.getElementById('legend-' + chart.id);
  place.textContent = '';
  var seen = [];
  (chart.series || []).forEach(function (s) {
    if (seen.indexOf(s.name) >= 0) return;
    seen.push(s.name);
    var made = button('', function () {
      var on = made.getAttribute('aria-pressed') !== 'true';
      made.setAttribute('aria-pressed', String(on));
      if (on) delete entry.hidden[s.name]; else entry.hidden[s.name] = true;
      entry.drawn.dispatchAction({ type: on ? 'legendSelect' : 'legendUnSelect', name: s.name });
    });
    made.setAttribute('aria-pressed', String(!entry.hidden[s.name]));
    var swatch = element('span', SIGNS[s.style] || '●');
    swatch.className = 'swatch sw' + s.colour;
    swatch.setAttribute('aria-hidden', 'true');
    made.append(swatch, s.name);
    place.append(made);
  });
}

function zoomBy(entry, factor) {
  var now = entry.drawn.getOption().dataZoom[0];
  var middle = (now.start + now.end) / 2, half = Math.min(50, Math.max(0.5, (now.end - now.start) / 2 * factor));
  var start = Math.max(0, Math.min(100 - 2 * half, middle - half));
  zoomTo(entry, start, start + 2 * half);
}

function zoomTo(entry, start, end) {
  entry.drawn.dispatchAction({ type: 'dataZoom', start: start, end: end });
}

function controls(chart, entry) {
  var place = document.getElementById('controls-' + chart.id);
  place.textContent = '';
  place.append(
    button('Zoom in', function () { zoomBy(entry, 0.5); }),
    button('Zoom out', function () { zoomBy(entry, 2); }),
    button('All', function () { zoomTo(entry, 0, 100); })
  );
  if (chart.kind === 'lines') place.append.apply(place, reader(entry));
}

// Reads out the values at one place: what hovering shows, by keyboard.
function reader(entry) {
  var places = [];
  var label = element('label', 'Read values ');
  var range = element('input');
  range.type = 'range';
  range.min = '0';
  range.value = '0';
  // A chart that is still told more has more places by and by.
  function look() {
    var chart = entry.chart;
    places = [];
    chart.series.forEach(function (s) { (s.x.length ? s.x : chart.x).forEach(function (x) { places.push(x); }); });
    places = Array.from(new Set(places)).sort(function (a, b) { return a - b; });
    range.max = String(places.length - 1);
  }
  look();
  range.addEventListener('focus', look);
  var told = element('output');
  told.setAttribute('aria-live', 'polite');
  range.addEventListener('input', function () {
    var chart = entry.chart, x = places[+range.value];
    var lines = [chart.x_name + ' ' + figure(x, chart.x_unit)];
    chart.series.forEach(function (s) {
      var xs = s.x.length ? s.x : chart.x;
      xs.forEach(function (at, i) {
        if (at === x && s.y[i] !== null) lines.push(s.name + ' ' + figure(s.y[i], chart.panels[s.panel].unit) + (s.labels[i] ? ' (' + s.labels[i] + ')' : ''));
      });
    });
    told.textContent = lines.join(' · ');
    range.setAttribute('aria-valuetext', told.textContent);
  });
  label.append(range);
  return [label, told];
}

function files(list) {
  var place = document.getElementById('files');
  list.forEach(function (file) {
    place.append(button('Save ' + file[0], function () {
      var url = URL.createObjectURL(new Blob([file[2]], { type: file[1] }));
      var link = element('a');
      link.href = url;
      link.download = file[0];
      link.click();
      setTimeout(function () { URL.revokeObjectURL(url); }, 60000);
    }));
  });
}

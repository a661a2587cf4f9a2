// A run that goes on: the charts are told anew every second, by server-sent events.
function live() {
  var source = new EventSource('events');
  function byId(id) { return document.getElementById(id); }
  function state(words, tone) {
    byId('state').textContent = words;
    byId('state').className = 'badge ' + tone;
  }
  function told(name, does) {
    source.addEventListener(name, function (event) { does(JSON.parse(event.data)); });
  }
  source.addEventListener('open', function () { state('live', 'good'); });
  source.addEventListener('error', function () { state('the connection is lost; redline may have ended', 'bad'); });
  told('now', function (now) {
    if (byId('phase').textContent !== now.phase) byId('phase').textContent = now.phase;
    byId('clock').textContent = now.clock;
    byId('load').textContent = now.load ? '· ' + now.load : '';
    var list = byId('said');
    while (list.childElementCount < now.said.length) list.append(element('li', now.said[list.childElementCount]));
  });
  told('charts', function (charts) { charts.forEach(function (chart, at) { tell(chart, at); }); });
  told('end', function (end) {
    source.close();
    state('over', 'good');
    byId('phase').textContent = end.sentence;
    byId('clock').textContent = end.saved ? 'Saved in ' + end.saved : '';
    byId('load').textContent = '';
  });
}

// Shows a chart, or what has become of it.
function tell(told, at) {
  var entry = entries[told.id];
  if (!entry) {
    document.getElementById('charts').insertBefore(placeFor(told), document.getElementById('charts').children[at] || null);
    show(told);
    return;
  }
  if (entry.plot.matches(':hover')) return;
  var known = names(entry.chart).join('\n');
  entry.told = told;
  entry.chart = told.kind === 'choice' ? chosen(told, entry.at) : told;
  draw(entry);
  if (names(entry.chart).join('\n') !== known) legend(entry.chart, entry);
  if (told.kind === 'choice') chooser(entry);
}

// The same elements as in a report.
function placeFor(chart) {
  var section = element('section');
  section.id = 'chart-' + chart.id;
  section.className = 'chart';
  section.setAttribute('aria-label', chart.title);
  var about = element('p', chart.about);
  about.className = 'quiet';
  var figure = element('figure');
  ['legend', 'plot', 'controls'].forEach(function (part) {
    var made = element('div');
    made.id = part + '-' + chart.id;
    made.className = part;
    figure.append(made);
  });
  figure.children[0].setAttribute('role', 'group');
  figure.children[0].setAttribute('aria-label', 'Shown in ' + chart.title);
  figure.children[1].setAttribute('role', 'img');
  figure.children[1].setAttribute('aria-label', chart.summary);
  section.append(element('h2', chart.title), about, figure);
  return section;
}

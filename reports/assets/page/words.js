// Figures as people read them: three digits, with the unit that fits.
function digits(value) {
  var size = Math.abs(value);
  var places = size >= 99.95 || size === 0 ? 0 : size >= 9.995 ? 1 : 2;
  return value.toFixed(places).replace(/\B(?=(\d{3})+(?!\d))/g, places ? '' : '\u202f');
}

// An axis shows round values, which need no zeros behind the point.
function tick(value, unit) {
  if (unit === 'time') return time(value, function (v) { return String(+v.toPrecision(3)); });
  if (unit === 'clock') return clock(value);
  if (unit === 'moment') return +value.toPrecision(6) + ' s';
  return String(+value.toPrecision(6));
}

function time(seconds, write) {
  if (seconds === 0) return '0';
  if (Math.abs(seconds) >= 0.9995) return write(seconds) + ' s';
  if (Math.abs(seconds) >= 0.0009995) return write(seconds * 1e3) + ' ms';
  return write(seconds * 1e6) + ' µs';
}

function clock(seconds) {
  var whole = Math.round(seconds);
  var rest = String(Math.abs(whole) % 60);
  return Math.trunc(whole / 60) + ':' + (rest.length < 2 ? '0' : '') + rest;
}

function figure(value, unit) {
  if (value === null || value === undefined || !isFinite(value)) return 'none';
  switch (unit) {
    case 'time': return time(value, digits);
    case 'clock': return clock(value);
    case 'moment': return value + ' s';
    case 'rate': return digits(value) + '/s';
    case 'cores': return digits(value) + ' cores';
    case 'count': return String(value);
    default: return value.toFixed(2);
  }
}

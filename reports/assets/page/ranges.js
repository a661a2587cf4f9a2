// An interval for each row, several series beside each other.
var ROW = 26;

function rangesHeight(chart) {
  return 96 + chart.rows.length * Math.max(1, chart.series.length) * ROW;
}

function rangesOption(chart, look, width) {
  var option = common(look);
  var narrow = width < 560;
  var low = Infinity, high = -Infinity;
  function see(v) { if (isFinite(v)) { low = Math.min(low, v); high = Math.max(high, v); } }
  chart.series.forEach(function (s) { s.ranges.forEach(function (r) { if (r) r.forEach(see); }); });
  chart.limits.forEach(function (l) { see(l[0]); });
  var log = chart.scale === 'log';
  var margin = log ? 1.2 : (high - low || 1) * 0.08;
  option.grid = { left: narrow ? 8 : 16, right: 28, top: 40, bottom: 48, containLabel: true };
  option.xAxis = {
    type: log ? 'log' : 'value', min: log ? low / margin : Math.min(0, low - margin), max: log ? high * margin : Math.max(1, high + margin),
    name: chart.x_name, nameLocation: 'middle', nameGap: 28, nameTextStyle: text(look), minorTick: { show: log, splitNumber: 9 }, splitLine: { lineStyle: { color: look.line, opacity: 0.6 } },
    axisLabel: Object.assign({ hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: function (v) { return tick(v, chart.x_unit); } }, text(look))
  };
  option.yAxis = {
    type: 'category', inverse: true, data: chart.rows, axisTick: { show: false }, axisLine: { lineStyle: { color: look.line } },
    axisLabel: Object.assign({ width: narrow ? 96 : 190, overflow: 'truncate' }, text(look), { color: look.ink })
  };
  option.tooltip.trigger = 'item';
  option.tooltip.formatter = function (found) { return rangeTip(chart, found.seriesIndex, found.dataIndex); };
  option.legend = { show: false, data: chart.series.map(function (s) { return s.name; }) };
  option.dataZoom = [{ type: 'inside', xAxisIndex: 0, zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false, moveOnMouseMove: !narrow, filterMode: 'none' }];
  option.series = chart.series.map(function (s, i) { return interval(chart, s, i, look); });
  option.series.push({
    type: 'line', name: '\u0000', data: [], silent: true, tooltip: { show: false },
    markLine: { silent: true, symbol: 'none', animation: false, data: chart.limits.map(function (l, i) {
      return { xAxis: l[0], lineStyle: { color: look.soft, type: [2, 3], width: 1.2 },
        label: { formatter: function () { return l[1]; }, color: look.soft, fontSize: 11, position: 'start', distance: i % 2 ? 16 : 3 } };
    }) }
  });
  if (chart.breaks.length) option.series.push(breaks(chart, look));
  return option;
}

// A line below a row, with its reason at the right end.
function breaks(chart, look) {
  return {
    type: 'custom', name: '\u0001', silent: true, tooltip: { show: false }, clip: true, z: 1, encode: { y: 0 },
    data: chart.breaks.map(function (b) { return [b[0], 0]; }),
    renderItem: function (params, api) {
      var row = api.value(0), area = params.coordSys;
      var at = api.coord([0, row])[1], next = api.coord([0, row + 1])[1];
      var y = row + 1 < chart.rows.length ? (at + next) / 2 : area.y + area.height;
      return { type: 'group', children: [
        { type: 'line', shape: { x1: area.x, y1: y, x2: area.x + area.width, y2: y }, style: { stroke: look.soft, lineWidth: 1.4, lineDash: [5, 4] } },
        { type: 'text', style: { text: chart.breaks[params.dataIndex][1], x: area.x + 4, y: y - 3, textVerticalAlign: 'bottom', fill: look.ink, font: '600 11px ' + look.font, width: area.width - 8, overflow: 'truncate' } }
      ] };
    }
  };
}

function interval(chart, series, at, look) {
  var colour = look.colours[series.colour];
  var shift = (at - (chart.series.length - 1) / 2) * ROW * 0.6;
  return {
    type: 'custom', name: series.name, encode: { x: [1, 2, 3], y: 0 }, itemStyle: { color: colour }, clip: true,
    data: series.ranges.map(function (r, row) { return r ? [row, r[0], r[1], r[2]] : [row, NaN, NaN, NaN]; }),
    renderItem: function (params, api) {
      if (!isFinite(api.value(1))) return null;
      var ends = [1, 2, 3].map(function (i) { return api.coord([api.value(i), api.value(0)]); });
      var y = ends[0][1] + shift;
      function line(x1, y1, x2, y2, width) { return { type: 'line', shape: { x1: x1, y1: y1, x2: x2, y2: y2 }, style: { stroke: colour, lineWidth: width } }; }
      return { type: 'group', children: [
        { type: 'rect', shape: { x: ends[0][0] - 4, y: y - 10, width: ends[2][0] - ends[0][0] + 8, height: 20 }, style: { fill: 'transparent' } },
        line(ends[0][0], y, ends[2][0], y, 2.5), line(ends[0][0], y - 5, ends[0][0], y + 5, 2), line(ends[2][0], y - 5, ends[2][0], y + 5, 2),
        { type: 'circle', shape: { cx: ends[1][0], cy: y, r: 5 }, style: { fill: colour, stroke: look.paper, lineWidth: 1 } }
      ] };
    }
  };
}

function rangeTip(chart, series, row) {
  var s = chart.series[series];
  var r = s && s.ranges[row];
  if (!r) return '';
  return [chart.rows[row], s.name].concat(s.parts.map(function (part, i) { return part + ': ' + figure(r[i], chart.x_unit); })).join('\n');
}

"""Line plots as SVG, by hand: panels side by side, axes with ticks and labels, one legend."""

import math
from html import escape

WIDTH, HEIGHT = 420, 300  # Of a panel, with its labels.
LEFT, RIGHT, TOP, BOTTOM = 66, 26, 34, 50
LEGEND = 34
COLORS = ["#0969da", "#bc4c00", "#1a7f37", "#8250df", "#57606a"]
MARKS = ["circle", "square", "diamond", "circle", "square"]


class Axis:
    """Where values stand: linear, logarithmic, or names at even distances."""

    def __init__(self, label, low=None, high=None, log=False, names=None, show=None, ticks=None):
        self.label, self.log, self.names = label, log, names
        self.low, self.high = low, high
        self.show = show or (lambda value: f"{value:g}")
        self._ticks = ticks

    def fit(self, values):
        if self.names:
            self.low, self.high = -0.3, len(self.names) - 0.7
        elif self.log:
            self.low = self.low or 10 ** math.floor(math.log10(min(values)))
            self.high = self.high or 10 ** math.ceil(math.log10(max(values)))
            if self.high <= self.low:
                self.high = 10 * self.low
        else:
            self.low = min(values) if self.low is None else self.low
            self.high = max(values) if self.high is None else self.high

    def share(self, value):
        """0 at the axis' beginning, 1 at its end."""
        if self.names:
            value = self.names.index(value)
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def ticks(self):
        if self.names or self._ticks:
            return self.names or self._ticks
        if self.log:
            first, last = round(math.log10(self.low)), round(math.log10(self.high))
            return [10.0**power for power in range(first, last + 1)]
        return [self.low + (self.high - self.low) * i / 5 for i in range(6)]


class Panel:
    """`series`: {name: [(x, y), ...]}; `dashed`: names of those that were not measured."""

    def __init__(self, title, x, y, series, dashed=()):
        self.title, self.x, self.y, self.series, self.dashed = title, x, y, series, dashed
        points = [point for line in series.values() for point in line]
        x.fit([point[0] for point in points])
        y.fit([point[1] for point in points])

    def at(self, point):
        return (LEFT + self.x.share(point[0]) * (WIDTH - LEFT - RIGHT),
                HEIGHT - BOTTOM - self.y.share(point[1]) * (HEIGHT - TOP - BOTTOM))

    def draw(self, names):
        return [*self._axes(), *(piece for name, line in self.series.items()
                                 for piece in self._line(name, line, names.index(name)))]

    def _axes(self):
        bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
        out = [text((LEFT + right) / 2, 20, self.title, "middle", 'font-weight="bold"')]
        for tick in self.y.ticks():
            y = bottom - self.y.share(tick) * (bottom - TOP)
            out.append(f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#d8dee4"/>')
            out.append(text(LEFT - 6, y + 4, self.y.show(tick), "end"))
        for tick in self.x.ticks():
            x = LEFT + self.x.share(tick) * (right - LEFT)
            out.append(f'<path d="M{x:.1f} {bottom}v5" stroke="#57606a"/>')
            out.append(text(x, bottom + 18, tick if self.x.names else self.x.show(tick), "middle"))
        out.append(f'<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="#57606a"/>')
        out.append(text((LEFT + right) / 2, HEIGHT - 10, self.x.label, "middle"))
        middle = (TOP + bottom) / 2
        out.append(text(14, middle, self.y.label, "middle",
                        f'transform="rotate(-90 14 {middle})"'))
        return out

    def _line(self, name, line, number):
        color = COLORS[number % len(COLORS)]
        places = [self.at(point) for point in line]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        dash = ' stroke-dasharray="5 4"' if name in self.dashed else ""
        out = [f'<path d="M{path}" fill="none" stroke="{color}" stroke-width="2"{dash}/>']
        if not dash:
            out += [mark(x, y, number) for x, y in places]
        return out


def text(x, y, words, anchor, more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{escape(str(words))}</text>'


def mark(x, y, number):
    color, shape = COLORS[number % len(COLORS)], MARKS[number % len(MARKS)]
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{color}"/>'
    turn = f' transform="rotate(45 {x:.1f} {y:.1f})"' if shape == "diamond" else ""
    return f'<rect x="{x - 3.2:.1f}" y="{y - 3.2:.1f}" width="6.4" height="6.4" fill="{color}"{turn}/>'


def legend(panels, names, width):
    dashed = {name for panel in panels for name in panel.dashed}
    out, x = [], max(16.0, width / 2 - sum(50 + 7.2 * len(name) for name in names) / 2)
    for number, name in enumerate(names):
        dash = ' stroke-dasharray="5 4"' if name in dashed else ""
        out.append(f'<path d="M{x:.1f} 18h26" stroke="{COLORS[number % len(COLORS)]}" '
                   f'stroke-width="2"{dash}/>')
        if not dash:
            out.append(mark(x + 13, 18, number))
        out.append(text(x + 32, 22, name, "start"))
        x += 50 + 7.2 * len(name)
    return out


def svg(panels, about, columns=2):
    """The whole picture; `about` says in words what it shows."""
    names = list(dict.fromkeys(name for panel in panels for name in panel.series))
    columns = min(columns, len(panels))
    width, height = columns * WIDTH, LEGEND + math.ceil(len(panels) / columns) * HEIGHT
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
           f'font-family="sans-serif" font-size="12" fill="#24292f" role="img" '
           f'aria-label="{escape(about)}">',
           f'<rect width="{width}" height="{height}" fill="#ffffff"/>', *legend(panels, names, width)]
    for number, panel in enumerate(panels):
        x, y = number % columns * WIDTH, LEGEND + number // columns * HEIGHT
        out.append(f'<g transform="translate({x} {y})">')
        out += panel.draw(names)
        out.append("</g>")
    return "\n".join([*out, "</svg>"]) + "\n"

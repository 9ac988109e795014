"""Times as the program reads and writes them, compared with those of Python; and what a machine
without time zones says.

Usage: times_test.py WEIR
"""

import datetime
import email.utils
import json
import random
import sys
import unittest
import zoneinfo

from program import ProgramTest, weir

UTC = datetime.timezone.utc
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
         "America/St_Johns", "Pacific/Auckland", "Africa/Casablanca"]
FORMATS = ["%Y-%m-%d %H:%M:%S", "%d/%b/%Y:%H:%M:%S", "%A, %d %B %Y %I:%M:%S %p", "%y%m%d%H%M%S",
           "%b %d %Y %H:%M:%S", "%H.%M.%S|%d.%m.%Y", "%F %T"]
WRITTEN = FORMATS + ["%Y-%m-%dT%H:%M:%S%z", "%Z %j %U %W %V %G %u", "%s", "%a %e %b"]
# Changes of clocks, and what surrounds them.
CHANGES = [1774746000, 1792890000, 1741503600, 1762063200, 1775314800, 1790949600]


def moments(seed, count):
    draw = random.Random(seed)
    near = [change + draw.randrange(-9000, 9000) for change in CHANGES for _ in range(count // 12)]
    return near + [draw.randrange(0, 3_000_000_000) for _ in range(count // 2)]


class Times(ProgramTest):
    def results(self, expressions, records):
        stages = {"stages": [
            {"uses": "file.read", "with": {"path": "-"}},
            {"uses": "json.parse"},
            {"uses": "set", "with": {"fields": expressions}},
            {"uses": "json.format"},
            {"uses": "file.write", "with": {"path": "-"}}]}
        lines = "".join(json.dumps(record) + "\n" for record in records)
        done = weir("run", "--quiet", self.file("p.yaml", json.dumps(stages)), stdin=lines)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_what_is_written_is_what_python_writes(self):
        for zone in ZONES:
            there = zoneinfo.ZoneInfo(zone)
            expressions = {f"f{i}": f"format_time(t, {json.dumps(form)}, '{zone}')"
                           for i, form in enumerate(WRITTEN)}
            times = moments(1, 240)
            for t, found in zip(times, self.results(expressions, [{"t": t} for t in times])):
                local = datetime.datetime.fromtimestamp(t, there)
                for i, form in enumerate(WRITTEN):
                    wanted = str(t) if form == "%s" else local.strftime(form)
                    self.assertEqual(found[f"f{i}"], wanted, (zone, form, t))

    def test_what_is_read_is_what_python_reads(self):
        for zone in ZONES:
            there = zoneinfo.ZoneInfo(zone)
            # Local times, of which some are skipped and some come twice.
            locals_ = [datetime.datetime.fromtimestamp(t, UTC).replace(tzinfo=None)
                       for t in moments(2, 240)]
            locals_ = [local + there.utcoffset(local) for local in locals_]
            records = [{f"f{i}": local.strftime(form) for i, form in enumerate(FORMATS)}
                       for local in locals_]
            expressions = {f"g{i}": f"time(f{i}, {json.dumps(form)}, '{zone}')"
                           for i, form in enumerate(FORMATS)}
            for local, found in zip(locals_, self.results(expressions, records)):
                wanted = local.replace(tzinfo=there, fold=0).timestamp()
                for i, form in enumerate(FORMATS):
                    self.assertEqual(found[f"g{i}"], wanted, (zone, form, local))

    def test_mail_and_iso_times_are_those_of_python(self):
        times = moments(3, 120)
        offsets = [datetime.timezone(datetime.timedelta(minutes=m)) for m in (0, 90, -330, 765)]
        wheres = [datetime.datetime.fromtimestamp(t, offsets[t % 4]) for t in times]
        records = [{"mail": email.utils.format_datetime(w), "iso": w.isoformat(),
                    "http": email.utils.formatdate(t, usegmt=True)} for t, w in zip(times, wheres)]
        found = self.results({"a": "time(mail, 'rfc2822')", "b": "time(iso, 'iso')",
                              "c": "time(http, 'rfc2822')"}, records)
        for t, one in zip(times, found):
            self.assertEqual((one["a"], one["b"], one["c"]), (t, t, t))

    def test_without_time_zones_the_hint_says_so(self):
        path = self.file("p.yaml", "stages:\n  - uses: generate\n  - uses: filter\n    with:\n"
                         "      where: time(time, nil, 'Europe/Berlin') > 0\n"
                         "  - uses: json.format\n  - { uses: file.write, with: { path: x } }\n")
        done = weir("check", path, env={"TZDIR": self.folder.name})
        self.assertEqual(done.returncode, 2)
        self.assertIn("unknown zone 'Europe/Berlin'", done.stderr)
        self.assertIn("no time zones on this machine: install tzdata", done.stderr)

    def test_what_a_join_was_told_before_says_what_to_write(self):
        pipeline = ("stages:\n  - { uses: generate, name: a }\n  - { uses: generate, name: b }\n"
                    "  - uses: join\n    from: [a, b]\n    with: { by: BY, within: 1s, OPTION }\n"
                    "  - uses: json.format\n  - { uses: file.write, with: { path: x } }\n")
        old = pipeline.replace("BY", "[ip, client]").replace("OPTION", "prefix: r_")
        said = weir("check", self.file("old.yaml", old)).stderr
        self.assertIn("expected a field or a map for 'by', got a list of two", said)
        self.assertIn("write 'by: { LEFT: RIGHT }'", said)
        self.assertIn("unknown option 'prefix'", said)
        self.assertIn("it is 'clash_prefix'", said)
        new = pipeline.replace("BY", "{ ip: client }").replace("OPTION", "clash_prefix: r_")
        self.assertEqual(weir("check", self.file("new.yaml", new)).returncode, 0)

    def test_a_bad_format_is_shown_where_it_stands(self):
        pipeline = ("stages:\n  - uses: generate\n  - uses: window\n    with:\n      every: 1m\n"
                    "      time: { field: time, format: FORMAT }\n"
                    "  - uses: json.format\n  - { uses: file.write, with: { path: x } }\n")
        for text, place, message in [
                ("rfc822", "6:36", "unknown format 'rfc822'"),
                ("'%d/%b %Q'", "6:43", "unknown conversion '%Q'"),
                ("[iso, '%H:%M']", "6:42", "missing '%d'"),
                ("iso, zone: Europe/Berln", "6:47", "unknown zone 'Europe/Berln'"),
                ("iso, reference: now", "6:52", "'reference' needs a format without a year")]:
            done = weir("check", self.file("p.yaml", pipeline.replace("FORMAT", text)))
            self.assertIn(f"p.yaml:{place}: error: {message}", done.stderr)
        said = weir("check", self.file("p.yaml", pipeline.replace("FORMAT", "rfc822"))).stderr
        self.assertIn("did you mean 'rfc2822'?", said)
        bad_zone = pipeline.replace("FORMAT", "iso, zone: Europe/Berln")
        said = weir("check", self.file("p.yaml", bad_zone)).stderr
        self.assertIn("did you mean 'Europe/Berlin'?", said)

    def test_the_zone_of_the_machine_is_local(self):
        path = self.file("p.yaml", json.dumps({"stages": [
            {"uses": "generate", "with": {"count": 1}},
            {"uses": "set", "with": {"fields": {"x": 'format_time(0, "%H %z", "local")'}}},
            {"uses": "text.format", "with": {"template": "{x}"}},
            {"uses": "file.write", "with": {"path": "-"}}]}))
        done = weir("run", "--quiet", path, env={"TZ": "Asia/Tokyo"})
        self.assertEqual(done.stdout, "09 +0900\n")
        self.assertIn("zone local: which zone that is depends on the machine",
                      weir("explain", path).stdout)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])

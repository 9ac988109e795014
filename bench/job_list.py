"""The jobs that jobs.py measures: what weir is told, and what the others are."""

import job_inputs as inputs


class Job:
    """`yaml` are weir's stages down to the sink. A peer is a command of the shell, or what sql() makes. In both
    `{dir}` is the folder of the files that `make` wrote, and `{out}` where the output goes: a file,
    or a folder of which every file is compared by its name without extension. Unless `ordered`,
    lines are compared in any order."""

    def __init__(self, name, make, yaml, peers, ordered=True, out="{out}"):
        self.name = name
        self.make = make
        self.yaml = yaml + f"  - uses: file.write\n    with: {{ path: '{out}' }}\n"
        self.peers = peers
        self.ordered = ordered
        self.folder = out != "{out}"


def sql(query, options="HEADER"):
    """DuckDB's part."""
    return ["duckdb", "-c", f"COPY ({query}) TO '{{out}}' ({options})"]


def lines(file, name="line"):
    """A table of DuckDB that has a row a line."""
    return (f"read_csv('{{dir}}/{file}', columns={{'{name}': 'VARCHAR'}}, delim='\x01', quote='', escape='', "
            "header=false, auto_detect=false)")


NGINX = ('$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
         '"$http_referer" "$http_user_agent" $request_time')
APACHE = r"^\[(?P<time>[^\]]+)\] \[(?P<level>\w+)\] \[client (?P<client>[0-9.]+)\] (?P<message>.*)$"
SYSLOG = r"^<(\d+)>(\w+) +(\d+) ([0-9:]+) (\S+) (\w+)\[(\d+)\]: (.*)$"
URL = r"^(\w+)://([^:/]+):(\d+)([^?]*)\?q=([^&]*)&page=(.*)$"
# By minute, path and time; then each group's lines are those of a nearest rank.
MAWK_RANKS = (r"""mawk -v OFS=, 'function out() { if (n) print s, p, n, t[int((n + 1) / 2)], t[int((99 * n + 99) / 100)] } """
              r"""BEGIN { print "start,path,hits,p50,p99" } $1 != s || $2 != p { out(); n = 0; s = $1; p = $2 } """
              r"""{ t[++n] = $3 } END { out() }'""")

JOBS = [
    Job("CSV: rows above a bound, three columns", inputs.orders, """
  - uses: file.read
    with: { path: "{dir}/orders.csv" }
  - uses: csv.parse
    with: { types: { amount: number } }
  - uses: filter
    with: { where: amount > 900 }
  - uses: csv.format
    with: { columns: [id, country, amount] }
""", {
        "Miller": "mlr --csv filter '$amount > 900' then cut -o -f id,country,amount {dir}/orders.csv > {out}",
        "mawk": "mawk -F, -v OFS=, 'NR == 1 || $4 > 900 { print $1, $3, $4 }' {dir}/orders.csv > {out}",
        "DuckDB": sql("SELECT id, country, amount FROM '{dir}/orders.csv' WHERE amount > 900"),
    }),
    Job("CSV: beside a table of 500,000 rows", inputs.orders_and_users, """
  - uses: file.read
    with: { path: "{dir}/orders.csv" }
  - uses: csv.parse
  - uses: lookup
    with: { path: "{dir}/users.csv", by: user, columns: [name, plan] }
  - uses: csv.format
    with: { columns: [id, user, amount, name, plan] }
""", {
        "Miller": "mlr --csv join --ur -j user -f {dir}/users.csv then unsparsify -f name,plan "
                  "then cut -o -f id,user,amount,name,plan {dir}/orders.csv > {out}",
        "mawk": "mawk -F, -v OFS=, 'NR == FNR { name[$1] = $2; plan[$1] = $3; next } "
                "FNR == 1 { print \"id,user,amount,name,plan\"; next } "
                "{ print $1, $2, $4, name[$2], plan[$2] }' {dir}/users.csv {dir}/orders.csv > {out}",
        "DuckDB": sql("SELECT id, o.user, amount, name, plan FROM '{dir}/orders.csv' o "
                      "LEFT JOIN '{dir}/users.csv' u ON o.user = u.user ORDER BY id"),
    }),
    Job("CSV: one of each user", inputs.orders, """
  - uses: file.read
    with: { path: "{dir}/orders.csv" }
  - uses: csv.parse
  - uses: dedupe
    key: user
    with: { last: 1000000 }
  - uses: csv.format
    with: { columns: [user, id] }
""", {
        "Miller": "mlr --csv head -n 1 -g user then cut -o -f user,id {dir}/orders.csv > {out}",
        "mawk": "mawk -F, -v OFS=, '!seen[$2]++ { print $2, $1 }' {dir}/orders.csv > {out}",
        "DuckDB": sql("SELECT user, min(id) AS id FROM '{dir}/orders.csv' GROUP BY user ORDER BY 2"),
    }),
    Job("CSV: one file a country", inputs.orders, """
  - uses: file.read
    with: { path: "{dir}/orders.csv" }
  - uses: csv.parse
  - uses: csv.format
    with: { columns: [id, user, amount] }
""", {
        "Miller": "mlr --icsv --ocsv put -q 'c = $country; unset $country, $note; "
                  "tee > \"{out}/\".c.\".csv\", $*' {dir}/orders.csv",
        "mawk": "mawk -F, -v OFS=, 'NR == 1 { next } { file = \"{out}/\" $3 \".csv\" } "
                "!seen[$3]++ { print \"id,user,amount\" > file } { print $1, $2, $4 > file }' {dir}/orders.csv",
        "DuckDB": sql("SELECT id, user, amount, country FROM '{dir}/orders.csv'",
                      "FORMAT csv, HEADER, PARTITION_BY (country), OVERWRITE"),
    }, ordered=False, out="{out}/{country}.csv"),
    Job("CSV: times parsed, written in another zone", inputs.stamps, """
  - uses: file.read
    with: { path: "{dir}/stamps.csv" }
  - uses: csv.parse
  - uses: set
    with:
      fields:
        at: format_time(time(stamp, "%d/%b/%Y:%H:%M:%S %z"), "%Y-%m-%d %H:%M:%S", "Europe/Berlin")
  - uses: csv.format
    with: { columns: [id, at] }
""", {
        "Miller": """mlr --csv put '$at = strftime_local(strptime($stamp, "%d/%b/%Y:%H:%M:%S %z"), """
                  """"%Y-%m-%d %H:%M:%S", "Europe/Berlin")' then cut -o -f id,at {dir}/stamps.csv > {out}""",
        "DuckDB": sql("SELECT id, strftime(timezone('Europe/Berlin', strptime(stamp, '%d/%b/%Y:%H:%M:%S %z')), "
                      "'%Y-%m-%d %H:%M:%S') AS at FROM '{dir}/stamps.csv'"),
    }),
    Job("NDJSON to CSV, five of seven columns", inputs.requests, """
  - uses: file.read
    with: { path: "{dir}/requests.ndjson" }
  - uses: json.parse
  - uses: csv.format
    with: { columns: [id, time, path, status, ms] }
""", {
        "Miller": "mlr --ijsonl --ocsv cut -o -f id,time,path,status,ms {dir}/requests.ndjson > {out}",
        "jq": r"""jq -rn '"id,time,path,status,ms", (inputs | "\(.id),\(.time),\(.path),\(.status),\(.ms)")' """
              "{dir}/requests.ndjson > {out}",
        "DuckDB": sql("SELECT id, strftime(time, '%Y-%m-%dT%H:%M:%SZ') AS time, path, status, ms "
                      "FROM '{dir}/requests.ndjson'"),
    }),
    Job("NDJSON: errors, flattened", inputs.requests, """
  - uses: file.read
    with: { path: "{dir}/requests.ndjson" }
  - uses: json.parse
    with: { flatten: true }
  - uses: filter
    with: { where: status >= 400 }
  - uses: json.format
""", {
        "Miller": "mlr --jsonl filter '$status >= 400' then flatten {dir}/requests.ndjson > {out}",
        "jq": "jq -c 'select(.status >= 400) | {id, time, path, status, ms, agent, \"user.name\": .user.name, "
              "\"user.place.city\": .user.place.city, \"user.place.zip\": .user.place.zip}' "
              "{dir}/requests.ndjson > {out}",
        "DuckDB": sql("""SELECT id, strftime(time, '%Y-%m-%dT%H:%M:%SZ') AS time, path, status, ms, agent, """
                      """"user".name AS "user.name", "user".place.city AS "user.place.city", """
                      """"user".place.zip AS "user.place.zip" FROM '{dir}/requests.ndjson' """
                      """WHERE status >= 400""", "FORMAT json"),
    }),
    Job("one JSON array to CSV", inputs.requests_array, """
  - uses: file.read
    with: { path: "{dir}/requests.json", framing: json_array }
  - uses: json.parse
  - uses: csv.format
    with: { columns: [id, path, status, ms] }
""", {
        "Miller": "mlr --ijson --ocsv cut -o -f id,path,status,ms {dir}/requests.json > {out}",
        "jq": r"""jq -r '"id,path,status,ms", (.[] | "\(.id),\(.path),\(.status),\(.ms)")' """
              "{dir}/requests.json > {out}",
        "DuckDB": sql("SELECT id, path, status, ms FROM '{dir}/requests.json'"),
    }),
    Job("nginx log: requests, p50 and p99 a minute and path", inputs.access, """
  - uses: file.read
    with: { path: "{dir}/access.log" }
  - uses: access_log.parse
    with:
      format: '%s'
      types: { request_time: number }
  - uses: window
    key: path
    with:
      every: 1m
      time: time
      aggregate: { hits: count, p50: p50(request_time), p99: p99(request_time) }
  - uses: csv.format
    with: { columns: [start, path, hits, p50, p99] }
""" % NGINX, {
        "mawk, sort, mawk": "mawk '{ split(substr($4, 2), d, \"[/:]\"); printf(\"%d-%02d-%02dT%s:%s:00Z %s %s\\n\", d[3], "
                            "(index(\"JanFebMarAprMayJunJulAugSepOctNovDec\", d[2]) + 2) / 3, d[1], d[4], d[5], $7, $NF) }' "
                            "{dir}/access.log | LC_ALL=C sort -k1,1 -k2,2 -k3,3n | " + MAWK_RANKS + " > {out}",
        "DuckDB": sql(r"""SELECT strftime(minute, '%Y-%m-%dT%H:%M:%SZ') AS start, path, count(*) AS hits, """
                      r"""quantile_disc(t, 0.5) AS p50, quantile_disc(t, 0.99) AS p99 FROM (SELECT x.path, x.t::DOUBLE AS t, """
                      r"""date_trunc('minute', strptime(x.time, '%d/%b/%Y:%H:%M:%S %z')) AS minute FROM (SELECT """
                      r"""regexp_extract(line, '^\S+ - \S+ \[([^]]+)\] "\S+ (\S+) [^"]*" \d+ \d+ "[^"]*" "[^"]*" (\S+)$', """
                      r"""['time', 'path', 't']) AS x FROM """ + lines("access.log") + ")) GROUP BY ALL"),
    }, ordered=False),
    Job("syslog to CSV", inputs.syslog, """
  - uses: file.read
    with: { path: "{dir}/syslog" }
  - uses: syslog.parse
    with: { reference: 2026-12-30 }
  - uses: csv.format
    with: { columns: [time, host, app, pid, message] }
""", {
        "mawk": "mawk -v OFS=, 'BEGIN { print \"time,host,app,pid,message\" } { split($1, p, \">\"); split($5, a, \"[][]\"); "
                "printf(\"2026-%02d-%02dT%sZ,%s,%s,%s,%s\\n\", (index(\"JanFebMarAprMayJunJulAugSepOctNovDec\", p[2]) + 2) / 3, "
                "$2, $3, $4, a[1], a[2], substr($0, index($0, \"]: \") + 3)) }' {dir}/syslog > {out}",
        "DuckDB": sql("SELECT strftime(strptime('2026 ' || x.m || ' ' || x.d || ' ' || x.t, '%Y %b %d %H:%M:%S'), "
                      "'%Y-%m-%dT%H:%M:%SZ') AS time, x.host, x.app, x.pid, x.message FROM (SELECT regexp_extract(line, "
                      f"'{SYSLOG}', ['pri', 'm', 'd', 't', 'host', 'app', 'pid', 'message']) AS x FROM {lines('syslog')})"),
    }),
    Job("URLs taken apart", inputs.urls, """
  - uses: file.read
    with: { path: "{dir}/urls.txt" }
  - uses: url.parse
  - uses: csv.format
    with: { columns: [scheme, host, port, path, query.q, query.page] }
""", {
        "mawk": "mawk -F'://|[/?&=:]' -v OFS=, 'BEGIN { print \"scheme,host,port,path,query.q,query.page\" } "
                "{ print $1, $2, $3, \"/\" $4 \"/\" $5, $7, $9 }' {dir}/urls.txt > {out}",
        "DuckDB": sql(f"SELECT unnest(regexp_extract(line, '{URL}', "
                      f"['scheme', 'host', 'port', 'path', 'query.q', 'query.page'])) FROM {lines('urls.txt')}"),
    }),
    Job("a regular expression with four groups", inputs.apache, f"""
  - uses: file.read
    with: {{ path: "{{dir}}/error.log" }}
  - uses: regex.match
    with:
      pattern: '{APACHE}'
  - uses: csv.format
    with: {{ columns: [time, level, client, message] }}
""", {
        "mawk": "mawk -F'[][]' -v OFS=, 'BEGIN { print \"time,level,client,message\" } $6 ~ /^client / "
                "{ print $2, $4, substr($6, 8), substr($7, 2) }' {dir}/error.log > {out}",
        "DuckDB": sql(f"SELECT unnest(x) FROM (SELECT regexp_extract(line, '{APACHE}', ['time', 'level', 'client', "
                      f"'message']) AS x FROM {lines('error.log')}) WHERE x.time != ''"),
    }),
    Job("key=value lines to CSV", inputs.pairs, """
  - uses: file.read
    with: { path: "{dir}/pairs.txt" }
  - uses: kv.parse
    with: { separator: ";" }
  - uses: csv.format
    with: { columns: [id, country, amount, text] }
""", {
        "Miller": "mlr --idkvp --ifs ';' --ocsv cat {dir}/pairs.txt > {out}",
        "mawk": "mawk -F'[;=]' -v OFS=, 'BEGIN { print \"id,country,amount,text\" } { print $2, $4, $6, $8 }' "
                "{dir}/pairs.txt > {out}",
    }),
    Job("logfmt: errors to CSV", inputs.logfmt, """
  - uses: file.read
    with: { path: "{dir}/logfmt.txt" }
  - uses: logfmt.parse
  - uses: filter
    with: { where: 'level == "error"' }
  - uses: csv.format
    with: { columns: [time, path, status] }
""", {
        "Miller": "mlr --idkvp --ifs ' ' --ocsv filter '$level == \"error\"' then cut -o -f time,path,status "
                  "{dir}/logfmt.txt > {out}",
        "mawk": "mawk -F'[ =]' -v OFS=, 'BEGIN { print \"time,path,status\" } $4 == \"error\" { print $2, $8, $10 }' "
                "{dir}/logfmt.txt > {out}",
    }),
    Job("Java stack traces: a record each, its request and lines", inputs.traces, """
  - uses: file.read
    with: { path: "{dir}/java.log", framing: { begin: '^[0-9]{4}-' } }
  - uses: regex.match
    with: { pattern: 'request (?P<request>[0-9]+)' }
  - uses: set
    with:
      fields:
        lines: '#split(record.text, "\\n")'
  - uses: csv.format
    with: { columns: [request, lines] }
""", {
        "mawk": "mawk -v OFS=, 'BEGIN { print \"request,lines\" } /^[0-9][0-9][0-9][0-9]-/ { if (n) print request, n; "
                "request = $5; n = 0 } { n++ } END { print request, n }' {dir}/java.log > {out}",
    }),
    Job("words counted", inputs.prose, """
  - uses: file.read
    with: { path: "{dir}/prose.txt" }
  - uses: set
    with:
      fields:
        word: record.text
  - uses: unnest
    with: { field: word, separator: " " }
  - uses: count
    key: word
  - uses: csv.format
    with: { columns: [word, count] }
""", {
        "Miller": "mlr --inidx --ifs ' ' --ocsv put -q 'for (k, v in $*) { @count[v] += 1 } "
                  "end { emit @count, \"word\" }' {dir}/prose.txt > {out}",
        "mawk": "mawk -v OFS=, '{ for (i = 1; i <= NF; i++) n[$i]++ } "
                "END { print \"word,count\"; for (w in n) print w, n[w] }' {dir}/prose.txt > {out}",
        "DuckDB": sql("SELECT word, count(*) AS count FROM (SELECT unnest(string_split(line, ' ')) AS word "
                      f"FROM {lines('prose.txt')}) GROUP BY word"),
    }, ordered=False),
    Job("windows-1252 to UTF-8", inputs.western, """
  - uses: file.read
    with: { path: "{dir}/western.txt", encoding: windows-1252 }
""", {"iconv": "iconv -f WINDOWS-1252 -t UTF-8 {dir}/western.txt > {out}"}),
    Job("1,000 gz files into one, with names", inputs.many_gz, """
  - uses: file.read
    with: { path: "{dir}/gz/*.gz" }
  - uses: text.format
    with: { template: "{record.path} {record.text}" }
""", {
        "a loop of zcat and sed": "for f in {dir}/gz/*.gz; do zcat $f | sed \"s|^|$f |\"; done > {out}",
        "parallel -k": "parallel --will-cite -k 'zcat {} | sed \"s|^|{} |\"' ::: {dir}/gz/*.gz > {out}",
        "DuckDB": sql("SELECT filename || ' ' || line FROM " + lines("gz/*.gz").replace(
            "header", "filename=true, header"), "HEADER false, QUOTE '', DELIMITER '\x01'"),
    }),
    Job("an xz file of several blocks: lines of one kind", inputs.xz, """
  - uses: file.read
    with: { path: "{dir}/error.log.xz" }
  - uses: regex.match
    with: { pattern: 'error' }
""", {"xz -T0, mawk": "xz -dc -T0 {dir}/error.log.xz | mawk '/error/' > {out}"}),
    Job("a process for each of 4,000 records", inputs.numbers, """
  - uses: file.read
    with: { path: "{dir}/numbers.txt" }
  - uses: exec
    with: { mode: once, command: [/bin/echo], args: ["{record.text}"], input: "" }
    workers: 2
""", {
        "xargs -P2, in no order": "xargs -P2 -n1 /bin/echo < {dir}/numbers.txt > {out}",
        "parallel -k": "parallel --will-cite -k /bin/echo < {dir}/numbers.txt > {out}",
    }, ordered=False),
]

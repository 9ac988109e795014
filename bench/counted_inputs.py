"""Input of the pipelines whose instructions are counted: the same bytes for the same number of
records, on every machine and under every Python."""

import random

PATHS = [f"/{place}/{number}" for place in ("item", "cart", "search", "static")
         for number in range(32)]
AGENTS = ["Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0", "curl/8.5.0",
          "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://www.example.com/bot.html)"]
STATUSES = [200] * 7 + [301, 404, 500]
NOTES = ["", "", "cancelled", '"leave at the door, please"', '"He said ""after six"""']
MESSAGES = ["[error] [client 203.0.113.{n}] File does not exist: /var/www/html/scripts/v{n}.php",
            "[notice] workerEnv.init() ok /etc/httpd/conf/workers{n}.properties",
            "[warn] child process {n} still did not exit, sending a SIGTERM"]


class Chance:
    """Draws by random(), the one method whose numbers Python promises to keep."""

    def __init__(self):
        self.random = random.Random(20).random

    def number(self, end):
        return int(self.random() * end)

    def one_of(self, values):
        return values[self.number(len(values))]


def clock(number):
    """A time of day; records are 50 ms apart."""
    seconds = number // 20
    return f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def access(chance, number):
    return (f'{{"time":"2025-01-01T{clock(number)}Z","ip":"203.0.113.{chance.number(256)}",'
            f'"method":"GET","path":"{chance.one_of(PATHS)}","status":{chance.one_of(STATUSES)},'
            f'"bytes":{chance.number(50_000)},"ms":{chance.number(900)},'
            f'"agent":"{chance.one_of(AGENTS)}"}}\n')


def errors(chance, number):
    message = chance.one_of(MESSAGES).format(n=chance.number(256))
    return f"[Sun Dec 04 {clock(number)} 2005] {message}\n"


def orders(chance, number):
    head = "order,email,quantity,price,note\n" if number == 0 else ""
    return (f"{head}{1000 + number},user{chance.number(5000)}@example.com,{chance.number(8)},"
            f"{chance.number(200)}.{chance.number(90) + 10},{chance.one_of(NOTES)}\n")


def requests(chance, number):
    """50 a second, so that each window of a minute has some of every path."""
    return (f"{1_700_000_040 + number // 50},{chance.one_of(PATHS)},{chance.one_of(STATUSES)},"
            f"{chance.number(900)}\n")


def waits(chance, number):
    return f"{number},0\n"


def write(path, line, records):
    chance = Chance()
    with open(path, "w", encoding="ascii", newline="") as out:
        out.writelines(line(chance, number) for number in range(records))

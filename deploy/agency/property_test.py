"""Hooks of deploy/agency/property-test: most questions name a visit, session and item that exist, and many carry answers that pass, so that
what is behind the sign-in is asked too. The rest is left as it was drawn. Needs nothing but schemathesis and the standard library."""

import hashlib
import itertools
import json
import os
import random
import ssl
import tomllib
import urllib.request

import schemathesis

TERMINAL, VISIT = "t-0301", "0123456789abcdef0123456789abcdef"
TLS = ssl.create_default_context(cafile=f"{os.environ['CERTS']}/ca.pem")
TLS.load_cert_chain(f"{os.environ['CERTS']}/{TERMINAL}.pem", f"{os.environ['CERTS']}/{TERMINAL}-key.pem")


def call(path, body):
    request = urllib.request.Request(os.environ["AGENCY"] + path, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, context=TLS, timeout=10) as answer:
        return json.load(answer)


with open(os.environ["PERSONAS"], "rb") as table:
    PERSON = tomllib.load(table)["persona"][int(os.environ["PERSONA"]) - 1]
PROOF = {"evidence": "card_pin", **{key: PERSON[key] for key in ("card_id", "id_number", "name")}}
WHO = {"visit": VISIT, "terminal": TERMINAL, "proof": PROOF}
OF_THE_EXAMPLES = "5c1f0e2d9b8a47366f5e4d3c2b1a0988"
STATE = {"session": call("/v1/sign-in", WHO)["session"]}
CATALOGUE = call("/v1/catalogue", {"terminal": TERMINAL})
CASES, KEYS = [], itertools.count(1)


def act(dice):
    return f"{TERMINAL}-5f3a9c21-{dice.randrange(60)}"


def month(dice):
    return f"{dice.randrange(2022, 2027)}{dice.randrange(1, 13):02}"


def good(kind, dice):
    """An answer that a field of this kind may well take."""
    match kind["type"]:
        case "choice":
            return {"type": "text", "value": dice.choice(kind["options"])["value"]}
        case "tier":
            return {"type": "text", "value": dice.choice(kind["tiers"])["value"]}
        case "month-range":
            return {"type": "month-range", "value": dict(zip(("from", "to"), sorted((month(dice), month(dice)))))}
        case "date":
            return {"type": "date", "value": f"{dice.randrange(2024, 2028)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"}
        case "amount":
            return {"type": "fen", "value": dice.choice((754_600, 1_000_000, 3_773_100, 100, 99_999_999))}
        case "pledge":
            return {"type": "accepted"}
        case "phone":
            return {"type": "text", "value": f"138{dice.randrange(10**8):08}"}
        case "postcode":
            return {"type": "text", "value": "190000"}
        case "region":
            return {"type": "text", "value": dice.choice(("190001", "330106"))}
        case "reference":
            return {"type": "text", "value": dice.choice(CASES)["pick_up"] if CASES else "12345678"}
        case _:
            return {"type": "text", "value": dice.choice(("示范区北门街道文昌路18号", "基数与工资不符", "平安", "A" * 20))}


def item_of(path, dice):
    kinds = {"/v1/query": "query", "/v1/documents": "print"}
    items = [item for item in CATALOGUE["items"] if item["kind"] == kinds.get(path, "filing")]
    return dice.choice(items)


@schemathesis.hook
def map_body(context, body):
    if not isinstance(body, dict):
        return body
    dice = random.Random(json.dumps(body, sort_keys=True, default=str))
    path = context.operation.path
    item = item_of(path, dice)
    consent = "sha256:" + hashlib.sha256(item.get("consent", {}).get("zh", "").encode()).hexdigest()
    known = {
        **WHO,
        "id_number": PERSON["id_number"],
        "name": PERSON["name"],
        "session": STATE["session"],
        "item": item["id"],
        "item_version": item["version"],
        "catalogue": CATALOGUE["version"],
        "consent": consent,
        "act": act(dice),
        "language": dice.choice(("zh", "en")),
    }
    body = {name: known[name] if name in known and dice.random() < 0.95 else value for name, value in body.items()}
    drawn = body.get("inputs")
    if isinstance(drawn, dict) and dice.random() < 0.9:
        drawn = list(drawn.values()) or [{"type": "text", "value": ""}]
        answer = lambda field: good(field["kind"], dice) if dice.random() < 0.85 else dice.choice(drawn)
        body["inputs"] = {field["id"]: answer(field) for field in item["inputs"] if not (field.get("optional") and dice.random() < 0.5)}
    if CASES and "name" in body and dice.random() < 0.7:
        case, by = dice.choice(CASES), dice.choice(("number", "key", "pick_up"))
        body["name"] = {"by": by, "value": case["case" if by == "number" else by]}
        body["id_last4"] = PERSON["id_number"][-4:]
    if CASES and "case" in body and dice.random() < 0.7:
        body["case"] = dice.choice(CASES)["case"]
    return body


@schemathesis.hook
def map_headers(context, headers):
    if headers and "idempotency-key" in headers:
        dice = random.Random(json.dumps(dict(headers), sort_keys=True, default=str))
        if dice.random() < 0.9:
            headers["idempotency-key"] = f"{TERMINAL}-5f3a9c21-{next(KEYS) if dice.random() < 0.9 else 1}"
    return headers


@schemathesis.hook
def before_call(context, case, kwargs):
    """The document's own examples name a session of long ago."""
    if isinstance(case.body, dict) and case.body.get("session") == OF_THE_EXAMPLES:
        case.body["session"] = STATE["session"]


@schemathesis.hook
def after_call(context, case, response):
    if response.status_code != 200:
        return
    if case.operation.path == "/v1/sign-in":
        STATE["session"] = response.json()["session"]
    if case.operation.path == "/v1/cases":
        CASES.append(response.json())

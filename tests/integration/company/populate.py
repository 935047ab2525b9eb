"""Run by the identity provider's own interpreter: makes its database, people and clients. Reads what to make as JSON."""

import json
import sys

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend

wanted = json.load(sys.stdin)
app = create_app()
with app.app_context(), Backend.instance.session():
    Backend.instance.install(app)
    for one in wanted["users"]:
        user = models.User(
            user_name=one["user_name"],
            formatted_name=one["user_name"],
            family_name=one["user_name"],
            emails=[f"{one['user_name']}@example.jp"],
            employee_number=one["code"],
            password=wanted["password"],
        )
        Backend.instance.save(user)
    for one in wanted["clients"]:
        client = models.Client(
            client_id=one["client_id"],
            client_secret=one["secret"],
            client_name="Clienteling",
            client_uri=wanted["redirect_uri"],
            redirect_uris=[wanted["redirect_uri"]],
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid", "profile"],
            token_endpoint_auth_method="client_secret_basic" if one["secret"] else "none",
        )
        Backend.instance.save(client)
        client.audience = [client]
        Backend.instance.save(client)

"""GatewaySources: what is known of the gateway and of Discord's limits, to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.debugcog.frozen import frozen
from services.debugcog.gateway.connections import Connections
from services.debugcog.gateway.responses import Responses

if TYPE_CHECKING:
    from services.debugcog.gateway.vitals import GatewayVitals


@frozen
class GatewaySources:
    """Where the answer comes from.

    Attributes:
        connections: to the gateway.
        responses: of the REST API.
        vitals: session starts and invalid requests.
    """

    connections: Connections
    responses: Responses
    vitals: GatewayVitals

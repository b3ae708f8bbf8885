"""The registers: what people decide and change, with permissions and an audit trail; alone has an ORM."""

from constabulary.registers.opening import open

__all__ = ["open"]

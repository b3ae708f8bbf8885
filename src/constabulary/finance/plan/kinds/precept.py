"""The precept: band D times the council tax base."""

from constabulary.finance.plan.kind import Kind, product

KIND = Kind(
    "Precept",
    "What the billing authorities collect and pay over: parts are band D and the tax base.",
    product,
    "Band D times the council tax base, to the penny.",
    n_parts=2,
    role="precept",
    is_typed_at_start=True,
    cites="Local Government Finance Act 1992 s.40, s.42B and s.48.",
)

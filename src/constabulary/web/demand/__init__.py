"""What the demand pages share: filters in the address, charts, tables and the words around them."""

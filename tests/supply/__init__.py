"""What the product is made of: pins with hashes, a bill of materials, licences, advisories."""

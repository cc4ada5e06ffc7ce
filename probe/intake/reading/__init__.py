"""How a log is read: opening, decompressing, decoding, splitting into lines or JSON documents."""

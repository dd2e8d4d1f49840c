"""What tests build their worlds from; credits are created through the ledger's operations here too."""

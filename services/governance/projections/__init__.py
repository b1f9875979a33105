"""What the topics say, kept so that governance can ask: rules, decisions, disclosures, recalls and accesses."""

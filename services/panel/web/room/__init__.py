"""The panel room: contexts, referrals, meetings, decisions, actions and reviews, for the panel and those it meets."""

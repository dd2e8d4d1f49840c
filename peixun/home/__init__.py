"""Home: sign-in, start pages by role, navigation, search. Door: its addresses. Never: a rule or a sum of its own."""

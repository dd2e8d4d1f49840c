"""Changes: transfers of members from branch to branch, in two steps and with what they change shown beforehand.

Owns transfers as they are proposed, accepted, refused, withdrawn and undone. Door: `operations.propose`, `accept`,
`undo`. Never: writes memberships itself (that is `people.operations`), nor works out coverage itself.
"""

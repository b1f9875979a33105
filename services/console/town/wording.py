"""What is said in the town's reports: a few sentences, in words that a young person could read about themselves."""

HARMS = ("criminal_exploitation", "sexual_exploitation", "substances", "serious_youth_violence", "online", "not_known")
SEEN = (
    "Older people speak to those who wait there, and hand out vapes.",
    "A group waits there after dark; the lights are out.",
    "Young people say that it is where they are asked to hold things.",
    "Calm today. Staff know the young people by name.",
    "A car waits nearby and leaves when staff come out.",
)
WENT = (
    "Left after a phone call.",
    "Did not come home from school.",
    "Went out in the evening to meet friends, and the phone is off.",
    "Was worried about something that was said online.",
)
SAID = (
    "I wanted some quiet.",
    "They keep calling me, and I want it to stop.",
    "I stayed with a friend, and it was fine.",
    "I would like somebody to meet me when school is out.",
)

import enum


class Status(str, enum.Enum):
    NEW = "new"
    PAID = "paid"
    SENT = "sent"

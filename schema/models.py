"""V-EdFinance in SQLAlchemy 2: the same tables as schema.prisma and the migrations, for the analytics jobs.

Titles, descriptions and names are JSON, one text per language: {"vi": "...", "en": "...", "zh": "..."}. Identifiers are
UUIDs that the client makes, kept as text.
"""

import enum
import uuid
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, Enum, ForeignKey, Index, Text, desc, func, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


def new_id() -> str:
    """An identifier for a new row."""
    return str(uuid.uuid4())


def now() -> datetime:
    """The time in UTC, without its zone, as the columns keep it."""
    return datetime.now(UTC).replace(tzinfo=None)


Id = Annotated[str, mapped_column(primary_key=True, default=new_id)]
Created = Annotated[datetime, mapped_column(server_default=func.current_timestamp())]
Updated = Annotated[datetime, mapped_column(default=now, onupdate=now)]
Json = dict[str, Any]


class Base(DeclarativeBase):
    """Text instead of varchar, milliseconds, and PostgreSQL's jsonb."""

    type_annotation_map = {str: Text, datetime: TIMESTAMP(precision=3), Json: JSONB}  # noqa: RUF012 - SQLAlchemy's way


def kind(labels: type[enum.Enum]) -> Enum:
    """An enum type with the name of its class."""
    return Enum(labels, name=labels.__name__)


def owner(target: str, on_delete: str = "CASCADE") -> ForeignKey:
    """The row that this one belongs to."""
    return ForeignKey(f"{target}.id", ondelete=on_delete, onupdate="CASCADE")


def unique(table: str, *columns: str) -> Index:
    """A unique index, as Prisma makes one."""
    return Index(f"{table}_{'_'.join(columns)}_key", *columns, unique=True)


def index(table: str, *columns: str) -> Index:
    """An index under Prisma's name."""
    return Index(f"{table}_{'_'.join(columns)}_idx", *columns)


def latest(table: str, column: str, moment: str) -> Index:
    """An index for the newest rows of each value of *column*."""
    return Index(f"{table}_{column}_{moment}_idx", column, text(f'"{moment}" DESC'))


def documents(table: str, column: str) -> Index:
    """An index for containment in JSON."""
    ops = {column: "jsonb_path_ops"}
    return Index(f"{table}_{column}_idx", column, postgresql_using="gin", postgresql_ops=ops)


# Identity


class Role(enum.Enum):
    """What a user may do."""

    STUDENT = 1
    TEACHER = 2
    ADMIN = 3


class User(Base):
    """Everyone who signs in: students, teachers and administrators."""

    __tablename__ = "User"
    __table_args__ = (
        unique("User", "email"),
        unique("User", "stripeCustomerId"),
        documents("User", "metadata"),
        Index("User_points_idx", desc("points"), postgresql_where=text("role = 'STUDENT'")),
    )

    id: Mapped[Id]
    email: Mapped[str]
    passwordHash: Mapped[str]
    name: Mapped[Json | None]
    role: Mapped[Role] = mapped_column(kind(Role), server_default="STUDENT")
    points: Mapped[int] = mapped_column(server_default="0")
    preferredLocale: Mapped[str] = mapped_column(server_default="vi")
    preferredLanguage: Mapped[str | None]
    dateOfBirth: Mapped[datetime | None]
    moderationStrikes: Mapped[int] = mapped_column(server_default="0")
    failedLoginAttempts: Mapped[int] = mapped_column(server_default="0")
    lockedUntil: Mapped[datetime | None]
    stripeCustomerId: Mapped[str | None]
    metadata_: Mapped[Json | None] = mapped_column("metadata")
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]

    progress: Mapped[list["UserProgress"]] = relationship(back_populates="user")
    logs: Mapped[list["BehaviorLog"]] = relationship(back_populates="user")


class RefreshToken(Base):
    """A session that outlives its access token; revoked instead of deleted, so that reuse is noticed."""

    __tablename__ = "RefreshToken"
    __table_args__ = (unique("RefreshToken", "token"), index("RefreshToken", "userId"))

    id: Mapped[Id]
    token: Mapped[str]
    userId: Mapped[str] = mapped_column(owner("User"))
    expiresAt: Mapped[datetime]
    revoked: Mapped[bool] = mapped_column(server_default=text("false"))
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]


# Learning


class Level(enum.Enum):
    """How much a course asks for."""

    BEGINNER = 1
    INTERMEDIATE = 2
    EXPERT = 3


class LessonType(enum.Enum):
    """What a lesson is made of."""

    VIDEO = 1
    READING = 2
    QUIZ = 3
    INTERACTIVE = 4


class ProgressStatus(enum.Enum):
    """How far somebody is."""

    STARTED = 1
    IN_PROGRESS = 2
    COMPLETED = 3


class QuestionType(enum.Enum):
    """How a question is answered."""

    SINGLE_CHOICE = 1
    MULTIPLE_CHOICE = 2
    TRUE_FALSE = 3
    SHORT_ANSWER = 4


class Course(Base):
    """A course in the catalogue; its price is in whole VND, 0 for free."""

    __tablename__ = "Course"
    __table_args__ = (unique("Course", "slug"), index("Course", "level", "published"))

    id: Mapped[Id]
    slug: Mapped[str]
    title: Mapped[Json]
    description: Mapped[Json]
    thumbnailKey: Mapped[str]
    price: Mapped[int]
    level: Mapped[Level] = mapped_column(kind(Level), server_default="BEGINNER")
    published: Mapped[bool] = mapped_column(server_default=text("false"))
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]

    lessons: Mapped[list["Lesson"]] = relationship(back_populates="course")


class Lesson(Base):
    """One step of a course, at a fixed place in its order."""

    __tablename__ = "Lesson"
    __table_args__ = (unique("Lesson", "courseId", "order"),)

    id: Mapped[Id]
    courseId: Mapped[str] = mapped_column(owner("Course"))
    order: Mapped[int]
    title: Mapped[Json]
    content: Mapped[Json]
    videoKey: Mapped[Json | None]
    type: Mapped[LessonType] = mapped_column(kind(LessonType), server_default="VIDEO")
    duration: Mapped[int | None]
    published: Mapped[bool] = mapped_column(server_default=text("false"))
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]

    course: Mapped[Course] = relationship(back_populates="lessons")


class UserProgress(Base):
    """How far a user is in a lesson; the first row in a course counts as the enrolment."""

    __tablename__ = "UserProgress"
    __table_args__ = (
        unique("UserProgress", "userId", "lessonId"),
        index("UserProgress", "userId", "status"),
        index("UserProgress", "lessonId", "status"),
    )

    id: Mapped[Id]
    userId: Mapped[str] = mapped_column(owner("User"))
    lessonId: Mapped[str] = mapped_column(owner("Lesson"))
    status: Mapped[ProgressStatus] = mapped_column(kind(ProgressStatus), server_default="STARTED")
    durationSpent: Mapped[int] = mapped_column(server_default="0")
    progressPercentage: Mapped[float | None] = mapped_column(server_default="0")
    completedAt: Mapped[datetime | None]
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]

    user: Mapped[User] = relationship(back_populates="progress")
    lesson: Mapped[Lesson] = relationship()


class Quiz(Base):
    """The questions at the end of a lesson."""

    __tablename__ = "Quiz"
    __table_args__ = (index("Quiz", "lessonId"),)

    id: Mapped[Id]
    lessonId: Mapped[str] = mapped_column(owner("Lesson"))
    title: Mapped[Json]
    description: Mapped[Json | None]
    passingScore: Mapped[int] = mapped_column(server_default="70")
    timeLimit: Mapped[int | None]
    published: Mapped[bool] = mapped_column(server_default=text("false"))
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]


class QuizQuestion(Base):
    """One question of a quiz, in its order."""

    __tablename__ = "QuizQuestion"
    __table_args__ = (unique("QuizQuestion", "quizId", "order"),)

    id: Mapped[Id]
    quizId: Mapped[str] = mapped_column(owner("Quiz"))
    order: Mapped[int]
    type: Mapped[QuestionType] = mapped_column(kind(QuestionType), server_default="SINGLE_CHOICE")
    question: Mapped[Json]
    options: Mapped[Json | None]
    correctAnswer: Mapped[Json]
    explanation: Mapped[Json | None]
    points: Mapped[int] = mapped_column(server_default="1")
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]


class QuizAttempt(Base):
    """One run through a quiz; a user may try as often as they like."""

    __tablename__ = "QuizAttempt"
    __table_args__ = (index("QuizAttempt", "quizId"), index("QuizAttempt", "userId", "completedAt"))

    id: Mapped[Id]
    quizId: Mapped[str] = mapped_column(owner("Quiz"))
    userId: Mapped[str] = mapped_column(owner("User"))
    answers: Mapped[Json]
    score: Mapped[int] = mapped_column(server_default="0")
    percentage: Mapped[float] = mapped_column(server_default="0")
    passed: Mapped[bool] = mapped_column(server_default=text("false"))
    startedAt: Mapped[Created]
    completedAt: Mapped[datetime | None]
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]


class Certificate(Base):
    """Proof that a user finished a course: at most one for each course."""

    __tablename__ = "Certificate"
    __table_args__ = (
        unique("Certificate", "number"),
        unique("Certificate", "userId", "courseId"),
        index("Certificate", "courseId"),
    )

    id: Mapped[Id]
    userId: Mapped[str] = mapped_column(owner("User"))
    courseId: Mapped[str] = mapped_column(owner("Course", "RESTRICT"))
    number: Mapped[str]
    pdfKey: Mapped[str | None]
    issuedAt: Mapped[Created]
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]


# Gamification


class Achievement(Base):
    """The catalogue of achievements; criteria is what the rule engine checks."""

    __tablename__ = "Achievement"
    __table_args__ = (unique("Achievement", "key"),)

    id: Mapped[Id]
    key: Mapped[str]
    name: Mapped[Json]
    description: Mapped[Json]
    iconKey: Mapped[str]
    criteria: Mapped[Json]
    points: Mapped[int] = mapped_column(server_default="0")
    tier: Mapped[str] = mapped_column(server_default="BRONZE")
    category: Mapped[str]
    isActive: Mapped[bool] = mapped_column(server_default=text("true"))
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]


class UserAchievement(Base):
    """An award as it was given: name and icon are copies, so that old awards keep their look."""

    __tablename__ = "UserAchievement"
    __table_args__ = (latest("UserAchievement", "userId", "awardedAt"),)

    id: Mapped[Id]
    userId: Mapped[str] = mapped_column(owner("User"))
    type: Mapped[str]
    name: Mapped[Json]
    description: Mapped[Json]
    iconKey: Mapped[str]
    awardedAt: Mapped[Created]
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]


class UserStreak(Base):
    """How many days in a row somebody came back."""

    __tablename__ = "UserStreak"
    __table_args__ = (unique("UserStreak", "userId"),)

    id: Mapped[Id]
    userId: Mapped[str] = mapped_column(owner("User"))
    currentStreak: Mapped[int] = mapped_column(server_default="0")
    longestStreak: Mapped[int] = mapped_column(server_default="0")
    lastActivityDate: Mapped[datetime]
    streakFrozen: Mapped[bool] = mapped_column(server_default=text("false"))
    freezesRemaining: Mapped[int] = mapped_column(server_default="0")
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]


# Social


class BuddyGroupType(enum.Enum):
    """What a group does together."""

    LEARNING = 1
    SAVING = 2
    INVESTING = 3


class BuddyRole(enum.Enum):
    """Who leads a group."""

    LEADER = 1
    MEMBER = 2


class PostType(enum.Enum):
    """Why something is posted."""

    ACHIEVEMENT = 1
    MILESTONE = 2
    NUDGE = 3
    DISCUSSION = 4


class RelationStatus(enum.Enum):
    """What became of following somebody."""

    FOLLOWING = 1
    FRIEND_REQUESTED = 2
    FRIENDS = 3
    BLOCKED = 4


class BuddyGroup(Base):
    """A few people who learn, save or invest together and share one streak."""

    __tablename__ = "BuddyGroup"

    id: Mapped[Id]
    name: Mapped[str]
    description: Mapped[str | None]
    type: Mapped[BuddyGroupType] = mapped_column(kind(BuddyGroupType), server_default="LEARNING")
    totalPoints: Mapped[int] = mapped_column(server_default="0")
    streak: Mapped[int] = mapped_column(server_default="0")
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]


class BuddyMember(Base):
    """Somebody in a group."""

    __tablename__ = "BuddyMember"
    __table_args__ = (unique("BuddyMember", "groupId", "userId"), index("BuddyMember", "userId"))

    id: Mapped[Id]
    groupId: Mapped[str] = mapped_column(owner("BuddyGroup"))
    userId: Mapped[str] = mapped_column(owner("User"))
    role: Mapped[BuddyRole] = mapped_column(kind(BuddyRole), server_default="MEMBER")
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]


class BuddyChallenge(Base):
    """What a group set itself to do."""

    __tablename__ = "BuddyChallenge"
    __table_args__ = (index("BuddyChallenge", "groupId", "expiresAt"),)

    id: Mapped[Id]
    groupId: Mapped[str] = mapped_column(owner("BuddyGroup"))
    title: Mapped[Json]
    target: Mapped[int]
    rewardPoints: Mapped[int] = mapped_column(server_default="0")
    expiresAt: Mapped[datetime]
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]


class SocialPost(Base):
    """A post in the feed, or in a group; it outlives its group."""

    __tablename__ = "SocialPost"
    __table_args__ = (latest("SocialPost", "userId", "createdAt"), latest("SocialPost", "groupId", "createdAt"))

    id: Mapped[Id]
    userId: Mapped[str] = mapped_column(owner("User"))
    groupId: Mapped[str | None] = mapped_column(owner("BuddyGroup", "SET NULL"))
    type: Mapped[PostType] = mapped_column(kind(PostType), server_default="ACHIEVEMENT")
    content: Mapped[Json | None]
    likesCount: Mapped[int] = mapped_column(server_default="0")
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]


class UserRelationship(Base):
    """Who follows whom, and what became of it."""

    __tablename__ = "UserRelationship"
    __table_args__ = (
        unique("UserRelationship", "followerId", "followedId"),
        index("UserRelationship", "followedId"),
    )

    id: Mapped[Id]
    followerId: Mapped[str] = mapped_column(owner("User"))
    followedId: Mapped[str] = mapped_column(owner("User"))
    status: Mapped[RelationStatus] = mapped_column(kind(RelationStatus), server_default="FOLLOWING")
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]


# Analytics


class BehaviorLog(Base):
    """Every click worth counting, most of all rows; it stays when its user goes."""

    __tablename__ = "BehaviorLog"
    __table_args__ = (
        latest("BehaviorLog", "userId", "timestamp"),
        index("BehaviorLog", "sessionId", "eventType"),
        latest("BehaviorLog", "eventType", "timestamp"),
        documents("BehaviorLog", "payload"),
    )

    id: Mapped[Id]
    userId: Mapped[str | None] = mapped_column(owner("User", "SET NULL"))
    sessionId: Mapped[str]
    path: Mapped[str]
    eventType: Mapped[str]
    actionCategory: Mapped[str | None] = mapped_column(server_default="GENERAL")
    duration: Mapped[int | None] = mapped_column(server_default="0")
    deviceInfo: Mapped[Json | None]
    payload: Mapped[Json | None]
    timestamp: Mapped[Created]

    user: Mapped[User | None] = relationship(back_populates="logs")


class OptimizationLog(Base):
    """What the weekly scan for slow queries recommends, and when it was applied."""

    __tablename__ = "OptimizationLog"

    id: Mapped[Id]
    queryText: Mapped[str]
    recommendation: Mapped[str]
    performanceGain: Mapped[float | None]
    confidence: Mapped[float | None]
    source: Mapped[str | None]
    createdAt: Mapped[Created]
    appliedAt: Mapped[datetime | None]


# Finance


class TransactionStatus(enum.Enum):
    """Where a payment is."""

    PENDING = 1
    COMPLETED = 2
    FAILED = 3
    REFUNDED = 4


class TransactionType(enum.Enum):
    """What a payment is for."""

    COURSE_PURCHASE = 1
    SUBSCRIPTION = 2
    REFUND = 3


class InvestmentProfile(Base):
    """What a user said about their risk and their goals."""

    __tablename__ = "InvestmentProfile"
    __table_args__ = (unique("InvestmentProfile", "userId"),)

    id: Mapped[Id]
    userId: Mapped[str] = mapped_column(owner("User"))
    riskScore: Mapped[int] = mapped_column(server_default="0")
    investmentKnowledge: Mapped[Level] = mapped_column(kind(Level), server_default="BEGINNER")
    goals: Mapped[Json | None]
    philosophy: Mapped[Json | None]
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]


class VirtualPortfolio(Base):
    """Play money: balance and value in whole VND."""

    __tablename__ = "VirtualPortfolio"
    __table_args__ = (unique("VirtualPortfolio", "userId"),)

    id: Mapped[Id]
    userId: Mapped[str] = mapped_column(owner("User"))
    balance: Mapped[int] = mapped_column(BigInteger, server_default="100000000")
    totalValue: Mapped[int] = mapped_column(BigInteger, server_default="100000000")
    holdings: Mapped[Json | None]
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]


class Transaction(Base):
    """A payment in whole VND. Accounting keeps it: a user with payments cannot be deleted, a course can."""

    __tablename__ = "Transaction"
    __table_args__ = (
        unique("Transaction", "providerRef"),
        latest("Transaction", "userId", "createdAt"),
        index("Transaction", "courseId"),
    )

    id: Mapped[Id]
    userId: Mapped[str] = mapped_column(owner("User", "RESTRICT"))
    courseId: Mapped[str | None] = mapped_column(owner("Course", "SET NULL"))
    type: Mapped[TransactionType] = mapped_column(kind(TransactionType), server_default="COURSE_PURCHASE")
    status: Mapped[TransactionStatus] = mapped_column(kind(TransactionStatus), server_default="PENDING")
    amount: Mapped[int]
    provider: Mapped[str | None]
    providerRef: Mapped[str | None]
    failureReason: Mapped[str | None]
    completedAt: Mapped[datetime | None]
    createdAt: Mapped[Created]
    updatedAt: Mapped[Updated]

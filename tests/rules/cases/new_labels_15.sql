-- PostgreSQL 15 refuses a new label of a new enum too.
CREATE TABLE task (id int PRIMARY KEY);
---
CREATE TYPE size AS ENUM ('small');
ALTER TYPE size ADD VALUE 'large';
CREATE TABLE box (size size DEFAULT 'large'); -- expect: enum-value-used-in-same-transaction
CREATE TABLE crate (size size DEFAULT 'small');

-- A valid CHECK that proves a column not null spares SET NOT NULL its scan; nothing less does.
CREATE TABLE post (
    a int CONSTRAINT a_set CHECK (a IS NOT NULL),
    b int CONSTRAINT b_set CHECK (b > 0 AND b IS NOT NULL),
    c int CONSTRAINT c_set CHECK (c > 0),
    d int CONSTRAINT d_set CHECK (d IS NOT NULL OR c > 0),
    e int,
    f int NOT NULL
);
ALTER TABLE post ADD CONSTRAINT e_set CHECK (e IS NOT NULL) NOT VALID;
---
ALTER TABLE post ALTER a SET NOT NULL;
ALTER TABLE post ALTER b SET NOT NULL;
ALTER TABLE post ALTER c SET NOT NULL; -- expect: full-scan-exclusive
ALTER TABLE post ALTER d SET NOT NULL; -- expect: full-scan-exclusive
ALTER TABLE post ALTER e SET NOT NULL; -- expect: full-scan-exclusive
ALTER TABLE post ALTER f SET NOT NULL;
ALTER TABLE post ALTER f DROP NOT NULL;

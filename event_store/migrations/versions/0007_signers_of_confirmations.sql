-- Two confirmations of one case may name different people before one of them counts: a row for each, and the plan says who signs.
ALTER TABLE signers DROP CONSTRAINT signers_pkey;
ALTER TABLE signers ADD PRIMARY KEY (case_no, party, identity_mac);

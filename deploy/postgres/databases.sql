-- Each service keeps its own memory: a database and a role of its own, which nobody else may enter.
-- The passwords are for trying out; compose.yaml names the same.

CREATE ROLE intake LOGIN PASSWORD 'for-trying-out';
CREATE ROLE sharing LOGIN PASSWORD 'for-trying-out';
CREATE ROLE governance LOGIN PASSWORD 'for-trying-out';
CREATE ROLE panel LOGIN PASSWORD 'for-trying-out';

CREATE DATABASE intake OWNER intake;
CREATE DATABASE sharing OWNER sharing;
CREATE DATABASE governance OWNER governance;
CREATE DATABASE panel OWNER panel;

REVOKE CONNECT ON DATABASE intake, sharing, governance, panel FROM PUBLIC;

-- A login is one whatever the case it is typed in. Logins are ASCII, in which both databases fold case alike.
CREATE UNIQUE INDEX res_users_login_folded ON res_users (lower(login));

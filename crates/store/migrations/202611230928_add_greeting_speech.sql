-- What a machine spoke; null for uploaded sounds.
alter table greetings add column speech_text text;
alter table greetings add column speech_voice text;
alter table greetings add column speech_speed bigint;

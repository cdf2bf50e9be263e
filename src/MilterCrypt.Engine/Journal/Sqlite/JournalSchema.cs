using MilterCrypt.Engine.Storage;

namespace MilterCrypt.Engine.Journal.Sqlite;

/// <summary>The tables of a journal's file.</summary>
internal static class JournalSchema
{
    private const long ApplicationId = 0x4D6C4A6E; // "MlJn"

    public static SqliteSchema Schema { get; } = new("journal", ApplicationId,
    [
        """
        create table journal (                -- one row
            secret blob not null,             -- 32 octets: what the keys and hints below are HMACs under
            age integer not null              -- for how many milliseconds the journal has been open
        ) strict;
        create table handovers (
            key blob primary key,             -- 16 octets: client, sender, recipient, content
            hint integer not null,            -- 8 octets: client, sender
            state integer not null,           -- 0 sending, 1 handed over, 2 closed
            form text not null,
            queue_id text,                    -- the MTA's name of the message that came in
            injected_queue_id text,           -- its name of the copy
            began integer not null,           -- milliseconds since 1970, as are handed_over and settled; for people alone
            handed_over integer,
            settled integer,
            age integer not null              -- the journal's age when this row last changed: what it expires by
        ) strict, without rowid;
        """,
    ])
    {
        WhatMakesIt = "the daemon makes it when it starts with `journal` in its configuration",
        WhatUpdatesIt = "start the daemon of this version once",
        WhatReplacesIt = "put it aside, and the daemon makes a new one; what is tried again of messages that were split half may then come twice",
    };
}

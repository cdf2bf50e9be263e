using MilterCrypt.Engine.Storage;

namespace MilterCrypt.Engine.Keys.Sqlite;

/// <summary>The tables of a key store's file.</summary>
internal static class KeyStoreSchema
{
    private const long ApplicationId = 0x4D6C4372; // "MlCr"

    public static SqliteSchema Schema { get; } = new("key store", ApplicationId,
    [
        """
        create table certificates (
            fingerprint text primary key,     -- upper-case hexadecimal digits
            certificate blob,                 -- OpenPGP packets; null once it has been removed
            source text not null,
            added integer not null,           -- seconds since 1970, as is updated
            updated integer not null,
            change integer not null unique,   -- grows with every change of any row: what a reader has yet to see
            arrival integer not null unique   -- grows with each new certificate: who came first to an address
        ) strict;
        create table addresses (
            address text not null,            -- local part with A-Z in lower case, @, domain as A-labels
            fingerprint text not null references certificates (fingerprint),
            taken_over integer not null default 0, -- the higher, the later an administrator gave it the address
            primary key (address, fingerprint)
        ) strict, without rowid;
        create index addresses_by_fingerprint on addresses (fingerprint);
        """,
        """
        -- 1 where an administrator said that the certificate is the address's owner's
        alter table addresses add column verified integer not null default 0;
        """,
    ])
    {
        WhatMakesIt = "`miltercrypt keys import` makes one",
        WhatUpdatesIt = "run `miltercrypt keys list` as the file's owner once",
        WhatReplacesIt = "put back a copy, or import the keys into a new file",
    };
}

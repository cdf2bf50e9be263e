using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Data.Sqlite;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Keys.Sqlite;

/// <summary>What is asked of a key store's file.</summary>
internal static class SqliteQueries
{
    /// <summary>Certificates a page: a page is in memory at once, a certificate is a few KB.</summary>
    private const int PageSize = 1000;

    // The addresses in one text, with what is said of each before it: none of them has a line feed.
    private const string Columns =
        """
        select fingerprint, certificate, source, added, updated, change, arrival,
            (select group_concat(taken_over || ' ' || verified || ' ' || address, char(10)) from addresses a where a.fingerprint = c.fingerprint)
        from certificates c
        """;

    // The times that a DateTimeOffset can have.
    private const long FirstSecond = -62_135_596_800, LastSecond = 253_402_300_799;

    public static KeyChanges ReadChanges(SqliteConnection connection, long after)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Columns + " where change > $after order by change limit $page";
        command.Parameters.AddWithValue("$after", after);
        command.Parameters.AddWithValue("$page", PageSize);

        var changes = new List<KeyChange>();
        var damaged = new List<string>();
        long through = after;
        using (var rows = command.ExecuteReader())
        {
            while (rows.Read())
            {
                through = rows.GetInt64(5);
                if (!TryReadFingerprint(rows, out var fingerprint, out string? problem))
                    damaged.Add(problem);
                else if (rows.IsDBNull(1))
                    changes.Add(new KeyChange(fingerprint, null));
                else if (TryRead(rows, out var certificate, out problem))
                    changes.Add(new KeyChange(fingerprint, certificate));
                else
                    damaged.Add(problem);
            }
        }
        return new KeyChanges(through, changes) { Last = LastChange(connection), Damaged = damaged };
    }

    public static StoredCertificate? Find(SqliteConnection connection, Fingerprint fingerprint)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Columns + " where fingerprint = $fingerprint and certificate is not null";
        command.Parameters.AddWithValue("$fingerprint", fingerprint.ToString());
        return ReadAll(command).SingleOrDefault();
    }

    public static IReadOnlyList<StoredCertificate> Find(SqliteConnection connection, string address)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Columns
            + " where fingerprint in (select fingerprint from addresses where address = $address) and certificate is not null order by arrival";
        command.Parameters.AddWithValue("$address", address);
        return ReadAll(command);
    }

    private static List<StoredCertificate> ReadAll(SqliteCommand command)
    {
        var found = new List<StoredCertificate>();
        using var rows = command.ExecuteReader();
        while (rows.Read())
            found.Add(TryRead(rows, out var certificate, out string? problem) ? certificate : throw new KeyStoreException(problem));
        return found;
    }

    private static long LastChange(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select coalesce(max(change), 0) from certificates";
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static bool TryReadFingerprint(
        SqliteDataReader rows, [NotNullWhen(true)] out Fingerprint? fingerprint, [NotNullWhen(false)] out string? problem)
    {
        string text = rows.GetString(0);
        problem = Fingerprint.TryParse(text, out fingerprint)
            ? null
            : $"the key store holds '{text}' in place of a fingerprint: it is damaged or was edited by hand";
        return problem is null;
    }

    private static bool TryRead(
        SqliteDataReader rows, [NotNullWhen(true)] out StoredCertificate? certificate, [NotNullWhen(false)] out string? problem)
    {
        certificate = null;
        if (!TryReadFingerprint(rows, out var fingerprint, out problem))
            return false;
        string[] lines = rows.IsDBNull(7) ? [] : rows.GetString(7).Split('\n');
        long added = rows.GetInt64(3), updated = rows.GetInt64(4);
        if (added is < FirstSecond or > LastSecond || updated is < FirstSecond or > LastSecond || FiledAddresses.TryRead(lines) is not { } filed)
        {
            problem = $"the key store's entry {fingerprint} can't be read: it is damaged or was edited by hand";
            return false;
        }
        certificate = filed.Of(new StoredCertificate(
            fingerprint,
            rows.GetFieldValue<byte[]>(1),
            filed.Addresses,
            rows.GetString(2),
            DateTimeOffset.FromUnixTimeSeconds(added),
            DateTimeOffset.FromUnixTimeSeconds(updated))
        {
            Arrival = rows.GetInt64(6),
        });
        return true;
    }
}

namespace MilterCrypt.Engine.Holding;

/// <summary>Reads what stands before the ciphertext in a held message's file.</summary>
internal static class HeldFileHead
{
    private const int Piece = 16 * 1024;

    /// <returns>Null where it is not what was written.</returns>
    internal static HeldFile? Read(Stream file, int maxLine, string id, string path)
    {
        long start = 0;
        if (ReadLine(file, ref start, maxLine) is not { } recordLine || HeldRecordText.Read(recordLine) is not { } record)
            return null;
        if (ReadLine(file, ref start, maxLine) is not { } stateLine || HeldStateText.Read(stateLine, record.Recipients.Count) is not { } state)
            return null;
        return ReadLine(file, ref start, maxLine: 0) is { Length: 0 } ? new HeldFile(id, path, recordLine, record, state, start, file.Length) : null;
    }

    private static ReadOnlyMemory<byte>? ReadLine(Stream file, ref long start, int maxLine)
    {
        byte[] line = new byte[Math.Min(Piece, maxLine + 1)];
        file.Position = start;
        for (int length = 0; ;)
        {
            int read = file.Read(line.AsSpan(length));
            int end = line.AsSpan(length, read).IndexOf((byte)'\n');
            if (end >= 0)
            {
                start += length + end + 1;
                return line.AsMemory(0, length + end);
            }
            length += read;
            if (read == 0 || length > maxLine)
                return null;
            if (length == line.Length)
                Array.Resize(ref line, (int)Math.Min(2L * length, maxLine + 1L));
        }
    }
}

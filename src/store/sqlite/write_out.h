// Has the kernel write to the disk, little by little, what SQLite hands it. Left alone it gathers megabytes until a
// checkpoint syncs them, and a sync of the ingress log waits for them meanwhile.
#pragma once

#include <string>

namespace waybill::store::sqlite {

// For a database file and its write-ahead log, from when they are next opened by SQLite's own file layer. Another
// layer, or one whose system calls cannot be replaced (xSetSystemCall), is left as it is. Thread-safe. A write that the
// kernel says it could not carry out fails SQLite's write: a later sync might not hear of it again.
void write_out_steadily(const std::string& file);

// What is called after every 128 KiB; 0, or the errno of what failed. Begins to write what has gathered; wait: after
// what was begun before is on the disk (database; the log does not wait).
using WriteOut = int (*)(int descriptor, bool wait);
// For tests. nullptr: the kernel's own again.
void replace_write_out(WriteOut call);

}  // namespace waybill::store::sqlite

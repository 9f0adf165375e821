// Small secret files of the lab's owner (mode 0600), made at their first use.
#ifndef SCV_SERVICES_KEY_FILE_H_
#define SCV_SERVICES_KEY_FILE_H_

#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"

namespace scv::services {

// The file's bytes; when it is missing, what `make` gives is written first, durably and whole. Two
// processes that make it at once both get the one that was first. kDenied: others may read it.
Result<std::string> ReadOrMakeFile(const std::filesystem::path& path,
                                   const std::function<std::string()>& make);

// 32 random bytes, kept likewise. kInternal: the file has another length.
Result<std::string> ReadOrMakeKey(const std::filesystem::path& path);

}  // namespace scv::services

#endif  // SCV_SERVICES_KEY_FILE_H_

// The accounts and the schema that RDS makes with a DB instance.
#ifndef SCV_WORLD_LINUX_DATABASE_SETUP_H_
#define SCV_WORLD_LINUX_DATABASE_SETUP_H_

#include "base/result.h"
#include "lab/parts.h"
#include "world/linux/database_admin.h"

namespace scv::world {

// Makes what is missing or has another password, on the primary: its replicas receive it as any
// other change. Only looks where all is there.
Result<void> SetUpDatabase(DatabaseAdmin& admin, const lab::DatabaseSpec& spec);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_DATABASE_SETUP_H_
